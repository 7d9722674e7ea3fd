import type { Clock } from '../clock.js';
import type { Config, ConfigInput } from '../config/schema.js';
import type { Faults } from '../faults.js';
import type { Finding, Validator } from '../gate/validator.js';
import type { Logger } from '../logger.js';
import type { JobState } from '../machines/job-types.js';
import type { Transport } from '../transports/transport.js';

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

export interface EngineOptions {
  readonly config: Config | ConfigInput;
  /** A file; else the config's `database`, else `sync_queue.db` in the state folder. */
  readonly database?: string;
  /** Transports of the host's own, by equipment id; the config's are used for the others. */
  readonly transports?: Readonly<Record<string, Transport>>;
  /** Rules of the host's own; else the built-in ones. */
  readonly validator?: Validator;
  readonly clock?: Clock;
  /** For tests: told right before and after each act of a deletion. */
  readonly faults?: Faults;
  readonly logger?: Logger;
}
