import type { Engine } from '../engine/engine.js';
import { LONGEST_PUT_OFF_MS } from './stages/stage-failure.js';

/**
 * The clock may have been ahead when jobs were queued or put off, and be right again: what is due in a time that no delay
 * reaches is due now. Gives whether there was any.
 */
export function undoFuture(
  { store, clock, config }: Engine,
  which: { readonly equipmentId: string } | { readonly jobId: string },
): Promise<boolean> {
  const longestMs = config.retry.delaysMs.reduce((longest, ms) => Math.max(longest, ms), LONGEST_PUT_OFF_MS);
  return store.jobs.undoFuture(which, clock.now(), longestMs);
}
