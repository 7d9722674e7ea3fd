import type { EventOf, JobContext, JobEvent, JobEventType } from '#dist/machines/job-types.js';

/** Every place a job can be in, and what its row may count on there. Written by hand from the design, as all below. */
export const PLACES = {
  queued: 'waiting',
  running: 'working',
  'awaiting_verify.waiting': 'waiting',
  'awaiting_verify.verifying': 'working',
  verified: 'waiting',
  'cleanup_eligible.waiting': 'waiting',
  'cleanup_eligible.judging': 'working',
  'cleanup_eligible.deleting': 'working',
  cleaned: 'final',
  failed: 'parked',
} as const;
export type Place = keyof typeof PLACES;

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

type Failure = EventOf<'push.failed' | 'verify.failed'>;
type Interruption = EventOf<'interrupted'>;

const TERMINAL = [
  ...['auth', 'host_key', 'local_file_vanished', 'not_configured', 'target_conflict'],
  ...['wrong_target', 'source_invalid', 'crash_loop', 'cancelled'],
];
const TRANSIENT = ['network', 'timeout', 'target_full', 'unknown'];
const isMismatch = ({ error }: Failure): boolean => error.kind === 'hash_mismatch';
const isTransient = ({ error }: Failure): boolean => TRANSIENT.includes(error.kind);
const delaysLeft = (job: JobContext, { delaysMs }: Failure): number => Math.max(delaysMs.length - job.attempts, 0);

export const CONDITIONS = {
  'terminal kind': (_: JobContext, event: Failure) => TERMINAL.includes(event.error.kind),
  'first mismatch': (job: JobContext, event: Failure) => isMismatch(event) && job.mismatches === 0,
  'mismatch again': (job: JobContext, event: Failure) => isMismatch(event) && job.mismatches !== 0,
  'transient, a delay left': (job: JobContext, event: Failure) => isTransient(event) && delaysLeft(job, event) > 0,
  'transient, no delay left': (job: JobContext, event: Failure) => isTransient(event) && delaysLeft(job, event) === 0,
  'below the limit': (job: JobContext, event: Interruption) => job.interruptions < event.limit - 1,
  'at the limit': (job: JobContext, event: Interruption) => job.interruptions >= event.limit - 1,
} as const;
export type Condition = keyof typeof CONDITIONS;

/** A text of the machine's own, held by what it must mention. */
const text = (mentions: RegExp): string => mentions as unknown as string;

type Told = Extract<JobEvent, { until: number | null; waitingFor: unknown }>;
type Change<E extends JobEvent = JobEvent> = (before: JobContext, event: E) => Partial<JobContext>;

const nothingToWaitFor = { dueAt: null, waitingFor: [] } as const;
const dueAtOnce = (event: JobEvent) => ({ dueAt: event.at, waitingFor: [] }) as const;
const errorOf = ({ error, at }: Failure) => ({ kind: error.kind, message: error.message, at });

const workBegins: Change = (_, { at }) => ({ ...nothingToWaitFor, lastAttemptAt: at });
const deletingBegins: Change<EventOf<'interlocks.satisfied'>> = (_, { proofId }) => ({
  ...nothingToWaitFor,
  releasing: proofId,
});
const dueNow: Change = (_, event) => dueAtOnce(event);
const pushDone: Change = (_, event) => ({ ...dueAtOnce(event), interruptions: 0, trashed: null });
const waitsAsTold: Change<Told> = (_, { until, waitingFor }) => ({ dueAt: until, waitingFor });
const parked: Change<Failure> = (_, event) => ({ ...nothingToWaitFor, lastError: errorOf(event) });
const cancelled: Change<EventOf<'cancelled'>> = (_, { reason, at }) => ({
  ...nothingToWaitFor,
  lastError: { kind: 'cancelled', message: reason ?? text(/cancelled/), at },
});
const mismatchCounted: Change<Failure> = ({ mismatches }, event) => ({
  ...dueAtOnce(event),
  mismatches: mismatches + 1,
  lastError: errorOf(event),
  verifyPasses: 0,
  verifiedAt: null,
  proof: null,
});
const backsOff: Change<Failure> = ({ attempts }, event) => {
  const until = event.at + event.delaysMs[attempts]!;
  const measured = text(new RegExp(`^attempt ${attempts + 1} failed: ${event.error.kind}$`));
  return {
    attempts: attempts + 1,
    lastError: errorOf(event),
    dueAt: until,
    waitingFor: [{ name: 'backoff', ok: false, measured, required: text(/delay/), until }],
  };
};
const givesUp: Change<Failure> = ({ attempts }, event) => ({
  ...nothingToWaitFor,
  attempts: attempts + 1,
  lastError: errorOf(event),
});
const interruptionCounted: Change = ({ interruptions }, event) => ({
  ...dueAtOnce(event),
  interruptions: interruptions + 1,
});
const crashLoop: Change = ({ interruptions }, { at }) => ({
  ...nothingToWaitFor,
  interruptions: interruptions + 1,
  lastError: { kind: 'crash_loop', message: text(new RegExp(`\\b${interruptions + 1} times\\b`)), at },
});
const slateClean = { attempts: 0, mismatches: 0, interruptions: 0, lastError: null } as const;
const proven: Change<EventOf<'verify.succeeded'>> = ({ verifyPasses }, event) => ({
  ...slateClean,
  verifyPasses: verifyPasses + 1,
  verifiedAt: event.at,
  proof: event.proof,
  dueAt: event.until,
  waitingFor: event.waitingFor,
});
const newGeneration: Change = ({ generation }, event) => ({
  ...dueAtOnce(event),
  generation: generation + 1,
  verifyPasses: 0,
  verifiedAt: null,
  cleanedAt: null,
  proof: null,
});
const cleanupError: Change<EventOf<'cleanup.failed'>> = (_, { at, until, message }) => ({
  dueAt: until,
  waitingFor: [],
  lastError: { kind: 'unknown', message, at },
});
const inTheTrash: Change<EventOf<'cleanup.trashed'>> = (_, { at, steadyAt, until, waitingFor }) => ({
  dueAt: until,
  waitingFor,
  trashed: { at, steadyAt },
});
const gone: Change = (_, { at }) => ({
  ...nothingToWaitFor,
  cleanedAt: at,
  lastError: null,
  releasing: null,
  trashed: null,
});
const rearmed: Change = (_, event) => ({
  ...slateClean,
  ...dueAtOnce(event),
  verifyPasses: 0,
  verifiedAt: null,
  proof: null,
});

export interface Row {
  readonly from: Place;
  readonly event: JobEventType;
  readonly condition: Condition | null;
  readonly to: Place;
  /** What the context must hold afterwards; every key that is not named must be as it was. */
  readonly changes: Change;
}

function row<T extends JobEventType>(
  ...[from, event, condition, to, changes]: [Place, T, Condition | null, Place, Change<EventOf<T>>]
): Row {
  return { from, event, condition, to, changes: changes as Change };
}

/** The whole table, one line an arrow and source. What is not here does not move a job. */
export const GOLDEN: readonly Row[] = [
  row('queued', 'claimed', null, 'running', workBegins),
  row('queued', 'cancelled', null, 'failed', cancelled),

  row('running', 'push.succeeded', null, 'awaiting_verify.waiting', pushDone),
  row('running', 'push.deferred', null, 'queued', waitsAsTold),
  row('running', 'push.failed', 'terminal kind', 'failed', parked),
  row('running', 'push.failed', 'first mismatch', 'queued', mismatchCounted),
  row('running', 'push.failed', 'mismatch again', 'failed', parked),
  row('running', 'push.failed', 'transient, a delay left', 'queued', backsOff),
  row('running', 'push.failed', 'transient, no delay left', 'failed', givesUp),
  row('running', 'interrupted', 'below the limit', 'queued', interruptionCounted),
  row('running', 'interrupted', 'at the limit', 'failed', crashLoop),
  row('running', 'cancelled', null, 'failed', cancelled),

  row('awaiting_verify.waiting', 'claimed', null, 'awaiting_verify.verifying', workBegins),
  row('awaiting_verify.waiting', 'run.changed', null, 'queued', newGeneration),
  row('awaiting_verify.waiting', 'cancelled', null, 'failed', cancelled),

  row('awaiting_verify.verifying', 'verify.succeeded', null, 'verified', proven),
  row('awaiting_verify.verifying', 'verify.deferred', null, 'awaiting_verify.waiting', waitsAsTold),
  row('awaiting_verify.verifying', 'verify.failed', 'terminal kind', 'failed', parked),
  row('awaiting_verify.verifying', 'verify.failed', 'first mismatch', 'queued', mismatchCounted),
  row('awaiting_verify.verifying', 'verify.failed', 'mismatch again', 'failed', parked),
  row('awaiting_verify.verifying', 'verify.failed', 'transient, a delay left', 'awaiting_verify.waiting', backsOff),
  row('awaiting_verify.verifying', 'verify.failed', 'transient, no delay left', 'failed', givesUp),
  row('awaiting_verify.verifying', 'interrupted', 'below the limit', 'awaiting_verify.waiting', interruptionCounted),
  row('awaiting_verify.verifying', 'interrupted', 'at the limit', 'failed', crashLoop),
  row('awaiting_verify.verifying', 'run.changed', null, 'queued', newGeneration),
  row('awaiting_verify.verifying', 'cancelled', null, 'failed', cancelled),

  row('verified', 'cleanup.scheduled', null, 'cleanup_eligible.waiting', waitsAsTold),
  row('verified', 'interlocks.unmet', null, 'verified', waitsAsTold),
  row('verified', 'cleanup.disabled', null, 'verified', waitsAsTold),
  row('verified', 'pass.due', null, 'awaiting_verify.waiting', dueNow),
  row('verified', 'run.changed', null, 'queued', newGeneration),
  row('verified', 'cancelled', null, 'failed', cancelled),

  row('cleanup_eligible.waiting', 'claimed', null, 'cleanup_eligible.judging', workBegins),
  row('cleanup_eligible.waiting', 'cleanup.scheduled', null, 'cleanup_eligible.waiting', waitsAsTold),
  row('cleanup_eligible.waiting', 'interlocks.unmet', null, 'cleanup_eligible.waiting', waitsAsTold),
  row('cleanup_eligible.waiting', 'cleanup.disabled', null, 'verified', waitsAsTold),
  row('cleanup_eligible.waiting', 'pass.due', null, 'awaiting_verify.waiting', dueNow),
  row('cleanup_eligible.waiting', 'run.changed', null, 'queued', newGeneration),
  row('cleanup_eligible.waiting', 'cancelled', null, 'failed', cancelled),

  row('cleanup_eligible.judging', 'interlocks.satisfied', null, 'cleanup_eligible.deleting', deletingBegins),
  row('cleanup_eligible.judging', 'interlocks.unmet', null, 'cleanup_eligible.waiting', waitsAsTold),
  row('cleanup_eligible.judging', 'pass.due', null, 'awaiting_verify.waiting', dueNow),
  row('cleanup_eligible.judging', 'cleanup.failed', null, 'cleanup_eligible.waiting', cleanupError),
  row('cleanup_eligible.judging', 'interrupted', null, 'cleanup_eligible.waiting', dueNow),
  row('cleanup_eligible.judging', 'cancelled', null, 'failed', cancelled),

  row('cleanup_eligible.deleting', 'cleanup.succeeded', null, 'cleaned', gone),
  row('cleanup_eligible.deleting', 'cleanup.trashed', null, 'cleanup_eligible.waiting', inTheTrash),
  row('cleanup_eligible.deleting', 'cleanup.refused', null, 'cleanup_eligible.waiting', waitsAsTold),
  row('cleanup_eligible.deleting', 'cleanup.failed', null, 'cleanup_eligible.waiting', cleanupError),
  row('cleanup_eligible.deleting', 'interrupted', null, 'cleanup_eligible.waiting', dueNow),

  row('cleaned', 'run.changed', null, 'queued', newGeneration),

  row('failed', 'retried', null, 'queued', rearmed),
];
