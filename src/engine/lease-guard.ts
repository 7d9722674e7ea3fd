import { NasSyncError } from '../errors.js';
import type { WorkOrder } from './job-task.js';

/** Longer than this, and the lease is looked up again before the next file goes. */
const SURE_FOR_MS = 1000;

/** @throws NasSyncError `lease_lost` where the store no longer holds the job's lease as it was granted */
export async function assertLeased({ engine, job }: WorkOrder): Promise<void> {
  const leased = await engine.store.jobs.leasedTo(engine.workerId);
  if (leased.get(job.jobId) === job.revision) return;
  throw new NasSyncError('lease_lost', `job ${job.jobId} was taken over by another process; nothing more is deleted`);
}

/**
 * The same for every file of a run: the first one asks, those that follow within a second rely on it. A process that
 * slept through its lease must not go on deleting until its next beat.
 */
export function leaseGuard(order: WorkOrder): () => Promise<void> {
  const { clock } = order.engine;
  let sureUntil = -Infinity;
  return async () => {
    const at = clock.monotonic();
    if (at < sureUntil) return;
    await assertLeased(order);
    sureUntil = at + SURE_FOR_MS;
  };
}
