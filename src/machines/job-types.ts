import type { ErrorKind, ToolRun } from '../errors.js';

/** The public job states, as they are stored and shown. */
export const JOB_STATES = [
  'queued',
  'running',
  'awaiting_verify',
  'verified',
  'cleanup_eligible',
  'cleaned',
  'failed',
] as const;
export type JobState = (typeof JOB_STATES)[number];

/** The inner state, where a public state has any. */
export type JobPhase = 'waiting' | 'verifying' | 'judging' | 'deleting';

/** How the NAS side of a pass was obtained, weakest first. */
export const EVIDENCE = ['cached-read', 'read-back', 'remote-hash'] as const;
export type Evidence = (typeof EVIDENCE)[number];

/** Something that a job waits for. `until` is in ms since the epoch, or `null` when no time is known. */
export interface WaitingFor {
  readonly name: string;
  readonly ok: boolean;
  readonly measured: string;
  readonly required: string;
  readonly until: number | null;
}

/** A condition for deletion, as it was measured. */
export interface Interlock extends WaitingFor {
  /** The command or condition that would satisfy it; `null` where it holds. */
  readonly fix: string | null;
}

/** One pass of the chain that allows a deletion. */
export interface PassReference {
  readonly proofId: string;
  readonly at: number;
  readonly evidence: Evidence;
  readonly invocation: string;
}

/** A file that was not deleted. `path` is safe to print. */
export interface Kept {
  readonly path: string;
  readonly reason: string;
}

/** What the machine keeps of a proof; the files that it names are in the store under `proofId`. */
export interface ProofSummary {
  readonly proofId: string;
  readonly evidence: Evidence;
  readonly files: number;
  readonly bytes: number;
  readonly expiresAt: number;
  /** By the clock that nobody sets, in ms. */
  readonly steadyAt: number;
}

/** What a pass found that is no damage. The names are safe to print, and may be fewer than counted. */
export interface FoundBeside {
  /** Only on the NAS, and none of the run's. */
  readonly extraCount: number;
  readonly extra: readonly string[];
  /** Names that desktops and storage systems write by themselves, and that differ. */
  readonly volatileCount: number;
  readonly volatile: readonly string[];
}

export interface JobError {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly at: number;
}

/** Plain JSON. All times are ms since the epoch, and come from events only. */
export interface JobContext {
  /** Counts how often new local data sent the job back to the start. */
  readonly generation: number;
  /** Transient failures since the last pass. */
  readonly attempts: number;
  /** Hash mismatches since the last pass. */
  readonly mismatches: number;
  /** Crashes of the owner since work last completed. */
  readonly interruptions: number;
  /** Successful passes of this generation. */
  readonly verifyPasses: number;
  /** When the job may be claimed; `null` while it works, rests or waits for a person. */
  readonly dueAt: number | null;
  readonly waitingFor: readonly WaitingFor[];
  readonly lastError: JobError | null;
  readonly lastAttemptAt: number | null;
  readonly verifiedAt: number | null;
  readonly cleanedAt: number | null;
  readonly proof: ProofSummary | null;
  /** The proof under which files may have left already; `null` while all of the run must be here. */
  readonly releasing: string | null;
  /** Since when the run's files are in the trash; `steadyAt` by the clock that nobody sets. */
  readonly trashed: {
    readonly at: number;
    readonly steadyAt: number;
    /** There was no room for the trash: they wait at their own place. */
    readonly leftInPlace?: boolean;
  } | null;
}

/** When the job was made. Everything else that it knows came with an event. */
export interface JobInput {
  readonly at: number;
}

interface At {
  readonly at: number;
}

/** Failed work. `delaysMs` is the backoff policy of the moment: its length is the number of attempts it allows. */
interface WorkFailure extends At {
  readonly error: { readonly kind: Exclude<ErrorKind, 'tool_missing'>; readonly message: string };
  readonly delaysMs: readonly number[];
  /** The program that failed, for the journal; the machine has no use for it. */
  readonly tool?: ToolRun;
}

/** Work that could not be done now and is nobody's fault: nothing is counted. */
interface Deferral extends At {
  readonly until: number | null;
  readonly waitingFor: readonly WaitingFor[];
}

/** An operator's action: who did it and why, as far as they said. */
interface OperatorAction extends At {
  readonly by?: string;
  readonly reason?: string;
}

export type JobEvent =
  | ({ readonly type: 'claimed' } & At)
  | ({ readonly type: 'push.succeeded'; readonly files: number; readonly bytes: number; readonly copied: number } & At)
  | ({ readonly type: 'push.deferred' } & Deferral)
  | ({ readonly type: 'push.failed' } & WorkFailure)
  | ({ readonly type: 'interrupted'; readonly limit: number; readonly owner: string } & At)
  | ({ readonly type: 'verify.succeeded'; readonly proof: ProofSummary; readonly beside?: FoundBeside } & Deferral)
  | ({ readonly type: 'verify.deferred' } & Deferral)
  | ({ readonly type: 'verify.failed' } & WorkFailure)
  | ({ readonly type: 'cleanup.scheduled' } & Deferral & OperatorAction)
  | ({ readonly type: 'cleanup.disabled' } & Deferral)
  | ({
      readonly type: 'pass.due';
      readonly reason: string;
      /** The interlocks that asked for it, where it was judged. */
      readonly waitingFor?: readonly WaitingFor[];
      /** What is wrong with the NAS copy, where that asks for it. */
      readonly damage?: WaitingFor;
    } & At)
  | ({
      readonly type: 'interlocks.satisfied';
      readonly proofId: string;
      /** What is still here to go. */
      readonly files: number;
      readonly bytes: number;
      readonly passes: readonly PassReference[];
      readonly interlocks: readonly Interlock[];
    } & At)
  | ({ readonly type: 'interlocks.unmet' } & Deferral)
  | ({
      readonly type: 'cleanup.succeeded';
      readonly files: number;
      readonly bytes: number;
      /** Volatile and excluded names that stay in the run folder; not there where nothing stays. */
      readonly kept?: readonly Kept[];
      readonly passes: readonly PassReference[];
    } & At)
  | ({
      readonly type: 'cleanup.trashed';
      readonly files: number;
      readonly bytes: number;
      readonly steadyAt: number;
      /** No file moved: the disk had no room for the trash. */
      readonly leftInPlace?: boolean;
    } & Deferral)
  | ({
      readonly type: 'cleanup.refused';
      readonly files: number;
      readonly bytes: number;
      readonly kept: readonly Kept[];
    } & Deferral)
  | ({ readonly type: 'cleanup.failed'; readonly message: string; readonly until: number } & At)
  | ({ readonly type: 'run.changed'; readonly reason: string } & At)
  | ({ readonly type: 'retried' } & OperatorAction)
  | ({ readonly type: 'cancelled' } & OperatorAction);

export type JobEventType = JobEvent['type'];
export type EventOf<T extends JobEventType> = Extract<JobEvent, { type: T }>;
