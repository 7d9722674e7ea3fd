import { closeSync, constants, fchmodSync, futimesSync, lstatSync, openSync, type BigIntStats } from 'node:fs';

/** Gives a file that is in place already the times of its source, and lets it run if its source does. */
export function updateMetadata(path: string, mode: number, stat: BigIntStats): void {
  const present = lstatSync(path, { bigint: true });
  const presentMode = Number(present.mode & 0o7777n);
  const wantedMode = withExecutability(presentMode, mode);
  if (presentMode === wantedMode && microseconds(present.mtimeNs) === microseconds(stat.mtimeNs)) return;
  const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    if (presentMode !== wantedMode) ignoreUnsupportedSync(() => fchmodSync(fd, wantedMode));
    setTimes(fd, stat);
  } finally {
    closeSync(fd);
  }
}

/** As rsync's `--executability` does it: whoever may read a file that can be executed at its source may execute it. */
const withExecutability = (mode: number, sourceMode: number): number =>
  (sourceMode & 0o111) === 0 || (mode & 0o111) !== 0 ? mode : mode | ((mode & 0o444) >> 2);

const microseconds = (ns: bigint): bigint => (ns - (((ns % 1000n) + 1000n) % 1000n)) / 1000n;

/**
 * A time as `utimes` takes it without loss to the microsecond: libuv cuts a double off towards zero, so half a
 * microsecond is added away from it; and Node takes a negative number, but not a negative text, for the time now.
 */
export function secondsOf(ns: bigint): string {
  const whole = Number(microseconds(ns));
  return String((whole + (whole < 0 ? -0.5 : 0.5)) / 1e6);
}

/** The times of the source, as far as the share can hold them. */
export function setTimes(fd: number, stat: BigIntStats): void {
  ignoreUnsupportedSync(() => futimesSync(fd, secondsOf(stat.atimeNs), secondsOf(stat.mtimeNs)));
}

const CANNOT_KEEP = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']);

/** What shares that keep no modes or times (SMB, exFAT) answer; the content is what the proof is about. */
export const isUnsupportedMetadata = (code: string | undefined): boolean => CANNOT_KEEP.has(code ?? '');

export function ignoreUnsupportedSync(act: () => void): void {
  try {
    act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (!isUnsupportedMetadata(code)) throw error;
  }
}
