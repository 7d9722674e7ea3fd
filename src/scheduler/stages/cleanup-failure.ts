import { HOUR_MS } from '../../cleanup/duration-text.js';
import type { WorkOrder, WorkResult } from '../../engine/job-task.js';
import { jobError } from '../../errors.js';
import type { JobEventType } from '../../machines/job-types.js';
import type { JournalEntry } from '../../persistence/job.js';

const FIRST_DELAY_MS = 10 * 60_000;
const LONGEST_DELAY_MS = 12 * HOUR_MS;

/** More than it takes to come to the longest delay, with all that stands between two failures. */
const ENTRIES_LOOKED_AT = 64;

/** What stands in the journal between two failures of one deletion, and is no result. */
const BETWEEN: ReadonlySet<string> = new Set<JobEventType>([
  'claimed',
  'interlocks.satisfied',
  'interrupted',
  'cleanup.scheduled',
]);

/** Nothing that is wrong here harms a file: the interlocks are measured again, each time after twice as long. */
export async function cleanupFailed({ engine, job, signal }: WorkOrder, error: unknown): Promise<WorkResult> {
  signal.throwIfAborted();
  const failures = countFailuresInRow(await engine.store.jobs.lastEntries(job.jobId, ENTRIES_LOOKED_AT));
  const at = engine.clock.now();
  const until = at + cleanupDelayMs(failures);
  return { event: { type: 'cleanup.failed', at, message: jobError(error).message, until } };
}

/** Each look reads the whole NAS copy again: what fails for weeks must not cost that every ten minutes. */
export const cleanupDelayMs = (failuresBefore: number): number =>
  Math.min(FIRST_DELAY_MS * 2 ** failuresBefore, LONGEST_DELAY_MS);

/** Newest entry first. A person who asks for the deletion has fixed something, mostly: the count begins anew. */
export function countFailuresInRow(entries: readonly Pick<JournalEntry, 'event' | 'detail'>[]): number {
  let failures = 0;
  for (const { event, detail } of entries) {
    if (event === 'cleanup.failed') failures += 1;
    else if (!BETWEEN.has(event) || typeof detail['by'] === 'string') break;
  }
  return failures;
}
