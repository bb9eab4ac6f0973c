#!/usr/bin/env bash
# Makes (once) a Python environment with the real MLflow, outside the project, and prints its path.
# Usage: setup.sh [reference | emulators | clients]. Kept under ${XDG_CACHE_HOME:-~/.cache}/slipway-reference; about 2 GB,
# 600 MB for the emulators of artifact stores, and 500 MB for the clients of the Open Inference Protocol.
set -euo pipefail
kind=${1:-reference}
here=$(cd "$(dirname "$0")" && pwd)
case $kind in
  reference) list=$here/requirements.txt ;;
  emulators) list=$here/emulators.txt ;;
  clients) list=$here/clients.txt ;;
  *) echo "usage: setup.sh [reference | emulators | clients]" >&2; exit 2 ;;
esac
dir=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-reference/$kind
stamp=$dir/.installed-$(sha256sum "$list" | cut -c1-12)
mkdir -p "$(dirname "$dir")"
exec 9>"$dir.lock"
flock 9
if [ ! -e "$stamp" ]; then
  "$(command -v python3.11 || command -v python3)" -m venv "$dir"
  "$dir/bin/python" -m pip install -q -U pip >&2
  "$dir/bin/python" -m pip install -q -r "$list" >&2
  if [ "$kind" = emulators ]; then
    npm install --silent --no-audit --no-fund --ignore-scripts --prefix "$dir" azurite@3.37.0 >&2
  fi
  if [ "$kind" = clients ]; then
    # Its pins contradict those of KServe's client; its types and codecs work without them.
    "$dir/bin/python" -m pip install -q --no-deps mlserver==1.7.1 >&2
  fi
  touch "$stamp"
fi
echo "$dir"
