import type { Finding } from '../gate/validator.js';
import type { JobState } from '../machines/job-types.js';
import type { EngineOptions } from './open-engine.js';

export interface NasSyncClientOptions extends EngineOptions {
  /**
   * Which jobs this process works on: `all` that are due (the default), its `own` (those that it enqueued itself), or
   * `none`, for a process that only asks and tells.
   */
  readonly drive?: 'all' | 'own' | 'none';
  /** `false`: this process pushes and proves only; it makes no further passes, and deletes nothing. */
  readonly letGo?: boolean;
}

export interface SyncJobHandle {
  /** Empty when blocked: there is no job then. */
  readonly jobId: string;
  readonly state: JobState | 'blocked';
  readonly runPath: string;
  readonly blockingFindings: readonly Finding[];
}

/** Who asked for an operator's action and why; both go into the journal. */
export interface Operator {
  readonly by?: string;
  readonly reason?: string;
}

export interface RetryOptions extends Operator {
  /** What another queue proved on the NAS and this run lacks or holds otherwise is set aside there, kept, and replaced. Needs a reason. */
  readonly replace?: boolean;
}
