import { statfsSync } from 'node:fs';
import { statfs } from 'node:fs/promises';

/**
 * Local file systems on Linux that move a file's times with every change, also with a store into a mapped page once it
 * was written back. tmpfs writes nothing back, and moves no time; what FUSE, SMB, NFS, exFAT, NTFS, overlay and unknown
 * ones do depends on others.
 */
const TIMES_TELL: ReadonlyMap<number, string> = new Map([
  [0xef53, 'ext2, ext3, ext4'],
  [0x58465342, 'xfs'],
  [0x9123683e, 'btrfs'],
  [0x2fc12fc1, 'zfs'],
]);

/** Whether equal size, times, device and inode mean equal content there. Some kernels give the number with its sign. */
export const timesTellOn = (fileSystem: number): boolean => TIMES_TELL.has(fileSystem >>> 0);

/** Whether the times of what stands at `path` tell of every change. Where it cannot be asked: no. */
export async function timesTellAt(path: string): Promise<boolean> {
  // The numbers are Linux's own.
  if (process.platform !== 'linux') return false;
  const stats = await statfs(path).catch(() => null);
  return stats !== null && timesTellOn(stats.type);
}

/** File systems on Linux with inode flags (`chattr`). tmpfs has them since Linux 6.6. */
const FLAGS_KNOWN: ReadonlySet<number> = new Set([
  ...[0xef53, 0x58465342, 0x9123683e],
  ...[0xf2f52010, 0x01021994, 0x794c7630],
]);

/** Whether what stands at `path` may bear inode flags. Where it cannot be asked: no. */
export async function flagsAreKnownAt(path: string): Promise<boolean> {
  if (process.platform !== 'linux') return false;
  const stats = await statfs(path).catch(() => null);
  return stats !== null && FLAGS_KNOWN.has(stats.type >>> 0);
}

/** The same of an open file, whatever was mounted over its path since. */
export function timesTellOf(fd: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    return timesTellOn(statfsSync(`/proc/self/fd/${fd}`).type);
  } catch {
    return false;
  }
}
