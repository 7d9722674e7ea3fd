import { NasSyncError } from '../errors.js';
import type { JobState } from '../machines/job-types.js';
import { updateRecord, type SyncStatus } from '../run/record.js';
import type { Engine } from './engine.js';

/** What the run record says in each public state; in the others it stays as it is. */
const STATUS_OF: Readonly<Partial<Record<JobState, SyncStatus>>> = {
  queued: 'pending',
  verified: 'synced',
  failed: 'failed',
  cleaned: 'cleaned',
};

/**
 * Brings the run records up to what the queue says. The debt was written in the transition's own commit, so a crash in
 * between leaves it standing, and the next start pays it.
 */
export async function payRecords({ store, logger }: Engine): Promise<void> {
  for (const job of await store.jobs.owingRecords()) {
    const status = STATUS_OF[job.state];
    try {
      if (status !== undefined) {
        await updateRecord(job.runPath, () => [{ path: ['sync_status'], value: status }]);
      }
    } catch (error) {
      if (!(error instanceof NasSyncError)) throw error;
      if (error.retryable) continue;
      // The run or its record is gone or unreadable: the job's own work says so, and there is nothing to write to.
      logger.warn({ jobId: job.jobId, runPath: job.runPath, error: error.message }, 'the run record was not updated');
    }
    await store.jobs.settleRecord(job);
  }
}
