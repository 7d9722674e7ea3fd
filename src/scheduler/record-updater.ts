import type { Engine } from '../engine/engine.js';
import { isStillCleaned, recordHere } from '../engine/prior-proof.js';
import { NasSyncError } from '../errors.js';
import type { JobState } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { updateRecord, type SyncStatus } from '../run/record/record.js';

const GONE: ReadonlySet<string> = new Set(['run_not_found', 'record_missing']);

/** What the run record says in each public state; in the others it stays as it is. */
const STATUS_OF: Readonly<Partial<Record<JobState, SyncStatus>>> = {
  queued: 'pending',
  verified: 'synced',
  failed: 'failed',
  cleaned: 'cleaned',
};

/**
 * Brings the run records up to what the queue says. The debt was written in the transition's own commit, so a crash in
 * between leaves it standing, and the next start pays it. It works beside the lanes: a record that somebody else has
 * locked must hold up no run.
 */
export class RecordClerk {
  readonly #engine: Engine;
  #paying: Promise<void> | null = null;
  #again = false;

  readonly #onEnd: () => void;

  constructor(engine: Engine, onEnd: () => void) {
    this.#engine = engine;
    this.#onEnd = onEnd;
  }

  get busy(): boolean {
    return this.#paying !== null;
  }

  /** Pays what is owed now, and what comes to be owed meanwhile. */
  pay(): Promise<void> {
    this.#again = true;
    this.#paying ??= this.#payAll();
    return this.#paying;
  }

  async #payAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      try {
        for (const job of await this.#engine.store.jobs.owingRecords()) await this.#payOne(job);
      } catch (error) {
        this.#engine.logger.error(
          { error },
          'the run records could not be brought up to date; the next beat tries again',
        );
      }
    }
    // In the step of the last look at #again: a pay() in between would be answered by a payment that is over.
    this.#paying = null;
    this.#onEnd();
  }

  /** `cleaned` is left only by a run that is here whole again, and never for `failed`: it is what happened to the run. */
  async #write(job: Job, status: SyncStatus): Promise<void> {
    const { runPath } = job;
    const wasCleaned = (await recordHere(runPath))?.syncStatus === 'cleaned';
    const mayLeave = wasCleaned && status !== 'failed' && !(await isStillCleaned(this.#engine, job));
    await updateRecord(runPath, ({ syncStatus }) =>
      syncStatus === 'cleaned' && !mayLeave ? [] : [{ path: ['sync_status'], value: status }],
    );
  }

  async #payOne(job: Job): Promise<void> {
    const { store, logger } = this.#engine;
    const status = STATUS_OF[job.state];
    try {
      if (status !== undefined) await this.#write(job, status);
    } catch (error) {
      if (!(error instanceof NasSyncError)) throw error;
      if (error.retryable) return;
      // A cleaned run may be gone with its record. Else the job's own work says so, and there is nothing to write to.
      if (job.state === 'cleaned' && GONE.has(error.code)) return store.jobs.settleRecord(job);
      logger.warn({ jobId: job.jobId, runPath: job.runPath, error: error.message }, 'the run record was not updated');
    }
    await store.jobs.settleRecord(job);
  }
}
