#!/usr/bin/env bash
# Runs a command with TMPDIR on an ext4 that lies in memory, where this machine can mount one: the tests sync thousands of
# small files to the disk, and that takes most of their time. Elsewhere it runs the command as it is.
set -euo pipefail

NEEDED_KIB=$((8 * 1024 * 1024))

hasRoom() {
  [ "$(id -u)" = 0 ] && [ -d /dev/shm ] && [ "$(df --output=avail /dev/shm | tail -n 1)" -ge "$NEEDED_KIB" ]
}

if ! hasRoom; then exec "$@"; fi

image=$(mktemp /dev/shm/nas-sync-tests-XXXXXX)
folder=$(mktemp -d)
tidyUp() {
  umount --lazy "$folder" 2>/dev/null || true
  rm -f "$image"
  rmdir "$folder" 2>/dev/null || true
}
trap tidyUp EXIT

truncate --size 16G "$image"
if mkfs.ext4 -q -O ^has_journal "$image" && mount -o loop,noatime,discard "$image" "$folder"; then
  chmod 1777 "$folder"
  export TMPDIR="$folder"
fi
"$@"
