import { ERROR_CODES, NasSyncError, type Until } from '../index.js';
import { isBlocked, type AnyJob } from './views/job-status.js';

export const DONE = 0;
export const NOT_DONE = 1;
export const USAGE = 2;
export const BLOCKED = 3;
export const MISMATCH = 4;
export const OWNED_ELSEWHERE = 5;
export const INTERRUPTED = 130;

/** Where several hold, the first of these is the exit status. */
const PRECEDENCE = [INTERRUPTED, USAGE, OWNED_ELSEWHERE, NOT_DONE, MISMATCH, BLOCKED];

export const PRECEDENCE_IN_WORDS =
  'Where several runs end differently, the exit status is the first that holds of 2 (wrong path), 5 (owned by another\nprocess), 1 (failed, or still waits), 4 (the NAS copy does not match), 3 (the gate refused); 0 if none.';

export const worstOf = (statuses: readonly number[]): number =>
  PRECEDENCE.find((status) => statuses.includes(status)) ?? DONE;

/** How far a command got that should bring a run to `verified`, or further. */
export function syncStatusOf(job: AnyJob, until: Until = 'verified'): number {
  if (isBlocked(job)) return BLOCKED;
  if (job.state === 'failed') return job.lastError?.kind === 'hash_mismatch' ? MISMATCH : NOT_DONE;
  if (job.state === 'cleaned') return DONE;
  const proven = job.state === 'verified' || job.state === 'cleanup_eligible';
  return proven && until === 'verified' ? DONE : NOT_DONE;
}

export const errorStatusOf = (error: unknown): number =>
  error instanceof NasSyncError ? ERROR_CODES[error.code].exit : NOT_DONE;
