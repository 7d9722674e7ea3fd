import type { JobContext, JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import type { NewProof } from '../persistence/proof-store.js';
import type { Bay, Engine } from './engine.js';

/** What a piece of work came to: the event for its job, and what must be committed with it. */
export interface WorkResult {
  readonly event: JobEvent;
  readonly proof?: NewProof;
}

/** A claimed job, and everything its work may use. The signal ends the work: by close(), or when the lease is lost. */
export interface WorkOrder {
  readonly job: Job;
  readonly context: JobContext;
  readonly bay: Bay;
  readonly engine: Engine;
  readonly signal: AbortSignal;
}

/** Does what the job's state calls for. Failures are results too; only an abort is thrown. */
export type Work = (order: WorkOrder) => Promise<WorkResult>;
