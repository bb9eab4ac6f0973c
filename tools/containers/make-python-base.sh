#!/usr/bin/env bash
# make-python-base.sh OUT.tar: a root filesystem like that of python:…-slim: a small Debian with Python, pip and apt.
set -euo pipefail
out=$1
sources=/etc/apt/sources.list.d/debian.sources
[ -e "$sources" ] || sources=/etc/apt/sources.list
suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
slim=()
for folder in man locale doc info lintian; do slim+=(--dpkgopt="path-exclude=/usr/share/$folder/*"); done
SOURCE_DATE_EPOCH=1700000000 mmdebstrap --quiet --variant=apt "${slim[@]}" \
  --aptopt='APT::Install-Recommends "false"' \
  --include=ca-certificates,libstdc++6,python3,python3-venv,python3-pip \
  --customize-hook='rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED; mkdir -p "$1"/usr/local/bin; ln -s ../../bin/python3 "$1"/usr/local/bin/python' \
  "$suite" "$out.part.tar" "$sources" >&2
mv "$out.part.tar" "$out"
