import { TERMINAL_KINDS } from '../errors.js';
import type { EventOf, JobContext, JobError, JobEvent } from './job-types.js';

/** What each event changes in a job's context. Pure: time and results are read from the event alone. */
type Change = Partial<JobContext>;

export const newJob = (at: number): JobContext => ({
  generation: 1,
  attempts: 0,
  mismatches: 0,
  interruptions: 0,
  verifyPasses: 0,
  dueAt: at,
  waitingFor: [],
  lastError: null,
  lastAttemptAt: null,
  verifiedAt: null,
  cleanedAt: null,
  proof: null,
  releasing: null,
  trashed: null,
});

const atRest: Change = { dueAt: null, waitingFor: [] };
const dueNow = (event: JobEvent): Change => ({ dueAt: event.at, waitingFor: [] });

export const startWork = (event: JobEvent): Change => ({ ...atRest, lastAttemptAt: event.at });

/** Damage that asks for a pass is shown until the pass begins. */
export const comeDue = (event: JobEvent): Change => ({
  ...dueNow(event),
  ...(event.type === 'pass.due' && event.damage !== undefined && { waitingFor: [event.damage] }),
});

/** A push brings back what is in the trash before it begins. */
export const completePush = (event: EventOf<'push.succeeded'>): Change => ({
  ...dueNow(event),
  interruptions: 0,
  trashed: null,
});

type Deferring = Extract<JobEvent, { until: number | null; waitingFor: unknown }>;
export const waitAsTold = (event: Deferring): Change => ({ dueAt: event.until, waitingFor: event.waitingFor });

type Failing = EventOf<'push.failed' | 'verify.failed'>;
const errorOf = (event: Failing): JobError => ({ ...event.error, at: event.at });

export const parkWithError = (event: Failing): Change => ({ ...atRest, lastError: errorOf(event) });

/** Passes before the damage say nothing of the copy after it. */
export const countMismatch = (context: JobContext, event: Failing): Change => ({
  ...dueNow(event),
  mismatches: context.mismatches + 1,
  lastError: errorOf(event),
  verifyPasses: 0,
  verifiedAt: null,
  proof: null,
});

export function backOff(context: JobContext, event: Failing): Change {
  const delay = event.delaysMs[context.attempts] ?? 0;
  const until = event.at + delay;
  return {
    attempts: context.attempts + 1,
    lastError: errorOf(event),
    dueAt: until,
    waitingFor: [
      {
        name: 'backoff',
        ok: false,
        measured: `attempt ${context.attempts + 1} failed: ${event.error.kind}`,
        required: 'the delay has passed',
        until,
      },
    ],
  };
}

export const giveUp = (context: JobContext, event: Failing): Change => ({
  ...parkWithError(event),
  attempts: context.attempts + 1,
});

export const countInterruption = (context: JobContext, event: EventOf<'interrupted'>): Change => ({
  ...dueNow(event),
  interruptions: context.interruptions + 1,
});

export const stopCrashLoop = (context: JobContext, event: EventOf<'interrupted'>): Change => ({
  ...atRest,
  interruptions: context.interruptions + 1,
  lastError: {
    kind: 'crash_loop',
    message: `the process that worked on this job died ${context.interruptions + 1} times in a row; look at its log, then retry`,
    at: event.at,
  },
});

export const acceptProof = (context: JobContext, event: EventOf<'verify.succeeded'>): Change => ({
  ...waitAsTold(event),
  verifyPasses: context.verifyPasses + 1,
  verifiedAt: event.at,
  proof: event.proof,
  attempts: 0,
  mismatches: 0,
  interruptions: 0,
  lastError: null,
});

export const beginGeneration = (context: JobContext, event: EventOf<'run.changed'>): Change => ({
  ...dueNow(event),
  generation: context.generation + 1,
  verifyPasses: 0,
  verifiedAt: null,
  cleanedAt: null,
  proof: null,
});

export const noteCleanupError = (event: EventOf<'cleanup.failed'>): Change => ({
  dueAt: event.until,
  waitingFor: [],
  lastError: { kind: 'unknown', message: event.message, at: event.at },
});

/** The intent: from here on files of the run may be gone by our own hand. */
export const beginRelease = (event: EventOf<'interlocks.satisfied'>): Change => ({
  ...atRest,
  releasing: event.proofId,
});

export const noteTrash = (event: EventOf<'cleanup.trashed'>): Change => ({
  ...waitAsTold(event),
  trashed: { at: event.at, steadyAt: event.steadyAt, ...(event.leftInPlace === true && { leftInPlace: true }) },
});

export const finish = (event: EventOf<'cleanup.succeeded'>): Change => ({
  ...atRest,
  cleanedAt: event.at,
  lastError: null,
  releasing: null,
  trashed: null,
});

/** The run may have changed while it was parked: what was proven before says nothing of it. */
export const rearm = (event: EventOf<'retried'>): Change => ({
  ...dueNow(event),
  attempts: 0,
  mismatches: 0,
  interruptions: 0,
  lastError: null,
  verifyPasses: 0,
  verifiedAt: null,
  proof: null,
});

export const parkAsCancelled = (event: EventOf<'cancelled'>): Change => ({
  ...atRest,
  lastError: { kind: 'cancelled', message: event.reason ?? 'cancelled by an operator', at: event.at },
});

const TERMINAL: ReadonlySet<string> = new Set(TERMINAL_KINDS);
const isTransient = (event: Failing): boolean =>
  !TERMINAL.has(event.error.kind) && event.error.kind !== 'hash_mismatch';

/** The conditions on the arrows, under the words that the pictures show. */
export const conditions = {
  'terminal kind': (_: JobContext, event: Failing) => TERMINAL.has(event.error.kind),
  'first mismatch': (context: JobContext, event: Failing) =>
    event.error.kind === 'hash_mismatch' && context.mismatches === 0,
  'mismatch again': (context: JobContext, event: Failing) =>
    event.error.kind === 'hash_mismatch' && context.mismatches > 0,
  'transient, a delay left': (context: JobContext, event: Failing) =>
    isTransient(event) && context.attempts < event.delaysMs.length,
  'transient, no delay left': (context: JobContext, event: Failing) =>
    isTransient(event) && context.attempts >= event.delaysMs.length,
  'below the limit': (context: JobContext, event: EventOf<'interrupted'>) => context.interruptions + 1 < event.limit,
  'at the limit': (context: JobContext, event: EventOf<'interrupted'>) => context.interruptions + 1 >= event.limit,
} as const;
