#!/usr/bin/env bash
# Installs the programs that building and testing need and this machine lacks, where that needs no question: as root,
# or with passwordless sudo, on Debian or Ubuntu. Elsewhere it names them; with CI=true a missing one is a failure.
set -euo pipefail

# One line a tool: its command, and the Debian package that brings it.
TOOLS='
python3    python3
make       make
g++        g++
sha256sum  coreutils
cmp        diffutils
flock      util-linux
fsfreeze   util-linux
mkfs.ext4  e2fsprogs
rclone     rclone
rsync      rsync
rrsync     rsync
ssh        openssh-client
sshd       openssh-server
smbd       samba
pdbedit    samba
busybox    busybox
bsd-csh    csh
tcsh       tcsh
fish       fish
zsh        zsh
mksh       mksh
setfacl    acl
bindfs     bindfs
fusermount3 fuse3
mkfs.exfat exfatprogs
mount.exfat-fuse exfat-fuse
ntfs-3g    ntfs-3g
mergerfs   mergerfs
sshfs      sshfs
'

# Where servers lie, which a user's own path may leave out.
PATH="$PATH:/usr/sbin:/sbin"

missing_commands=()
missing_packages=()
look() {
  missing_commands=()
  missing_packages=()
  local tool package
  while read -r tool package; do
    if [ -n "$tool" ] && ! command -v "$tool" >/dev/null; then
      missing_commands+=("$tool")
      missing_packages+=("$package")
    fi
  done <<<"$TOOLS"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
  command -v apt-get >/dev/null && { [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null; }
}

install_missing() {
  echo "tools: installing ${missing_packages[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing_packages[@]}"
}

look
if [ ${#missing_commands[@]} -gt 0 ] && may_install; then
  install_missing || echo 'tools: the installation failed'
  look
fi
if [ ${#missing_commands[@]} -eq 0 ]; then
  echo 'tools: all there'
  exit 0
fi
echo "tools: missing: ${missing_commands[*]} (on Debian: apt-get install ${missing_packages[*]})" >&2
[ "${CI:-}" != true ]
