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

const microseconds = (ns: bigint): bigint => (ns - (((ns % 1000n) + 1000n) % 1000n)) / 1000n;

/**
 * A time as `utimes` takes it without loss to the microsecond: libuv cuts a double off towards zero, so half a
 * microsecond is added away from it; and Node takes a negative number, but not a negative text, for the time now.
 */
export function secondsOf(ns: bigint): string {
  const whole = Number(microseconds(ns));
  return String((whole + (whole < 0 ? -0.5 : 0.5)) / 1e6);
}

/** Mode and times of the source, as far as the share can hold them. */
export function dress(fd: number, mode: number, stat: BigIntStats): void {
  tolerate(() => fchmodSync(fd, mode));
  tolerate(() => futimesSync(fd, secondsOf(stat.atimeNs), secondsOf(stat.mtimeNs)));
}

const CANNOT_KEEP = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** What shares that keep no modes or times (SMB, exFAT) answer; the content is what the proof is about. */
export const cannotKeep = (code: string | undefined): boolean => CANNOT_KEEP.has(code ?? '');

function tolerate(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!cannotKeep(code)) throw error;
  }
}
