import { setTimeout as sleep } from 'node:timers/promises';
import { lock } from 'proper-lockfile';
import { systemClock } from '../clock.js';
import { NasSyncError, systemCode } from '../errors.js';
import { printable } from './display.js';

/** Shorter than the wait for the lock, so that one dead process costs one call a pause, not a failure. */
const STALE_MS = 6_000;
const HEARTBEAT_MS = 2_000;
const LONGEST_PAUSE_MS = 100;

/**
 * Does `work` while holding `<file>.lock`, which works between processes and between hosts that share the folder.
 * Throws `record_busy` when another holds it for `waitMs` milliseconds; a lock whose owner died is taken over after
 * some 7 s.
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
  for (let pauseMs = 5; ; pauseMs = Math.min(pauseMs * 1.5, LONGEST_PAUSE_MS)) {
    try {
      return await lock(file, LOCK_OPTIONS);
    } catch (error) {
      const code = systemCode(error);
      if (code === 'ENOTDIR' || code === 'ENOTEMPTY') throw notALock(file, error);
      if (code !== 'ELOCKED') throw error;
      if (systemClock.monotonic() >= deadline) throw busy(file, error);
    }
    // Uneven, or waiting processes would keep meeting at the same moment.
    await sleep(pauseMs * (0.5 + Math.random()));
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
