import { closeSync, constants, fchmodSync, futimesSync, lstatSync, openSync, type BigIntStats } from 'node:fs';

/** Gives a file that is in place already the mode and times of its source, if it has others. */
export function dressInPlace(path: string, mode: number, stat: BigIntStats): void {
  const there = lstatSync(path, { bigint: true });
  const modeDiffers = Number(there.mode & 0o7777n) !== mode;
  if (!modeDiffers && microseconds(there.mtimeNs) === microseconds(stat.mtimeNs)) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    dress(fd, mode, stat);
  } finally {
    closeSync(fd);
  }
}

const microseconds = (ns: bigint): bigint => ns / 1000n;

/** Mode and times of the source, as far as the share can hold them. */
export function dress(fd: number, mode: number, stat: BigIntStats): void {
  tolerate(() => fchmodSync(fd, mode));
  tolerate(() => futimesSync(fd, Number(stat.atimeNs) / 1e9, Number(stat.mtimeNs) / 1e9));
}

/** Shares that keep no modes or times (SMB, exFAT) refuse these calls; the content is what the proof is about. */
function tolerate(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS') throw error;
  }
}
