#!/usr/bin/env bash
# remove.sh DIR: ends what setup.sh DIR started and what was started with it, and removes DIR.
set -uo pipefail
dir=$(cd "$1" && pwd)
if [ -e "$dir/env" ]; then
  . "$dir/env"
  podman rm --all --force --time 1 >/dev/null 2>&1
  buildah rm --all >/dev/null 2>&1
fi
if [ -e "$dir/registry.pid" ]; then kill "$(cat "$dir/registry.pid")" 2>/dev/null; fi
# Overlays stay mounted where a build was cut off.
findmnt --list --noheadings --output TARGET | grep "^$dir/" | sort -r | while read -r target; do
  umount "$target" || umount --lazy "$target"
done
rm -rf "$dir"
