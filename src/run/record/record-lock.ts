import { stat, utimes } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { systemClock } from '../../clock.js';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../printable.js';

/** Shorter than the wait for the lock, so that one dead process costs one call a pause, not a failure. */
const STALE_MS = 6_000;
const HEARTBEAT_MS = 2_000;
const LONGEST_PAUSE_MS = 100;

/**
 * Does `work` while holding `<file>.lock`, which works between processes and between hosts that share the folder.
 * Throws `record_busy` when another holds it for `waitMs` milliseconds; a lock whose owner died is taken over after
 * some 7 s, whatever time it bears.
 */
export async function withRecordLock<T>(file: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const release = await acquire(file, systemClock.monotonic() + waitMs);
  try {
    return await work();
  } finally {
    // The work is done either way; a lock that cannot be removed goes stale by itself.
    await release().catch(() => undefined);
  }
}

async function acquire(file: string, deadline: number): Promise<() => Promise<void>> {
  const beats = new BeatWatch(`${file}.lock`);
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    try {
      return await lock(file, LOCK_OPTIONS);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOTDIR' || code === 'ENOTEMPTY') throw notALock(file, error);
      if (code !== 'ELOCKED') throw error;
      if (systemClock.monotonic() >= deadline) throw busy(file, error);
      if (await beats.haveStopped()) await beats.letGoStale();
    }
    // Uneven, or waiting processes would keep meeting at the same moment.
    await sleep(pauseMs * (0.5 + Math.random()));
  }
}

/**
 * A lock that was made while the clock was ahead lies in the future and would look fresh for years. A living owner
 * renews it: one that does not move for as long as any lock may has none, whatever time it bears.
 */
class BeatWatch {
  readonly #path: string;
  #seen: { readonly inode: bigint; readonly mtimeNs: bigint; readonly since: number } | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  async haveStopped(): Promise<boolean> {
    const stats = await stat(this.#path, { bigint: true }).catch(() => null);
    const now = systemClock.monotonic();
    if (stats === null) {
      this.#seen = null;
      return false;
    }
    if (this.#seen?.inode !== stats.ino || this.#seen.mtimeNs !== stats.mtimeNs) {
      this.#seen = { inode: stats.ino, mtimeNs: stats.mtimeNs, since: now };
    }
    return now - this.#seen.since > STALE_MS;
  }

  /** Its time becomes one at which the next try takes it over, as any lock of a dead owner. */
  async letGoStale(): Promise<void> {
    const then = Date.now() / 1000 - (2 * STALE_MS) / 1000;
    await utimes(this.#path, then, then).catch(() => undefined);
    this.#seen = null;
  }
}

const LOCK_OPTIONS = {
  stale: STALE_MS,
  update: HEARTBEAT_MS,
  // The lock lies beside the name that we replace, and the file may not be there yet.
  realpath: false,
  // The default throws out of a timer and takes the host down. A lost lock shows in the compare before the rename.
  onCompromised: () => undefined,
};

const busy = (file: string, cause: unknown): NasSyncError =>
  new NasSyncError('record_busy', `another process holds the run record ${printable(file)}: try again`, { cause });

const notALock = (file: string, cause: unknown): NasSyncError =>
  new NasSyncError('record_busy', `${printable(file)}.lock is not a lock of ours: remove it when no program uses it`, {
    cause,
  });
