#!/usr/bin/env bash
# make-node-base.sh OUT.tar: a root filesystem like the distroless ones: this machine's Node with the libraries that it
# loads, certificates, two users; no shell, no package manager.
set -euo pipefail
out=$1
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
chmod 755 "$root"
node=$(readlink -f "$(command -v node)")
mkdir -p "$root"/{usr/local/bin,usr/lib,usr/lib64,etc/ssl/certs,tmp,proc,sys,dev,opt}
mkdir -p "$root"/home/nonroot
chmod 1777 "$root/tmp"
chown 65532:65532 "$root/home/nonroot"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
cp "$node" "$root/usr/local/bin/node"

# Each library to the folder where it was found, below /usr.
place() {
  local target=$root/usr/${1#/usr/}
  mkdir -p "$(dirname "$target")"
  cp -L "$1" "$target"
}
libraries=$(ldd "$node" | grep -oE '/[^ ]+\.so[^ ]*')
for library in $libraries; do place "$library"; done
# What else belongs to the C library: names are resolved by some of it, and libraries of packages ask for the rest.
folder=$(dirname "$(echo "$libraries" | grep 'libc\.so')")
for name in libnss_dns.so.2 libnss_files.so.2 libresolv.so.2 librt.so.1 libutil.so.1 libanl.so.1; do
  place "$folder/$name"
done
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"
printf 'root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n' > "$root/etc/passwd"
printf 'root:x:0:\nnonroot:x:65532:\n' > "$root/etc/group"
echo 'hosts: files dns' > "$root/etc/nsswitch.conf"
tar --sort=name --mtime=@0 --numeric-owner --format=gnu -C "$root" -cf "$out.part" .
mv "$out.part" "$out"
