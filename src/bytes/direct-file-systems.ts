import { statfsSync } from 'node:fs';

/**
 * File systems whose O_DIRECT reads come from the disk, or from the server, by the number that statfs(2) gives. The table
 * in docs/evidence.md says why each is here, and why FUSE, ZFS, overlay and what is unknown are not.
 */
const READS_PAST_CACHES: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext2, ext3, ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0xf2f52010, 'f2fs'],
  [0x4d44, 'vfat'],
  [0x2011bab0, 'exfat'],
  [0x01021994, 'tmpfs'],
  [0x6969, 'nfs'],
  [0xff534d42, 'cifs'],
  [0xfe534d42, 'smb3'],
  [0x01021997, '9p'],
  [0x00c36400, 'ceph'],
]);

/** Some kernels give the number with its sign. */
export const earnsReadBack = (fileSystem: number): boolean => READS_PAST_CACHES.has(fileSystem >>> 0);

/**
 * Whether the file system of an open file is known to answer O_DIRECT from no cache of this machine. Asked of the
 * descriptor: what is mounted over the path later says nothing of what was read. Where it cannot be asked: no.
 */
export function isReadPastCaches(fd: number): boolean {
  try {
    return earnsReadBack(statfsSync(`/proc/self/fd/${fd}`).type);
  } catch {
    return false;
  }
}
