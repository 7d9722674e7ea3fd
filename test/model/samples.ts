import type {
  EventOf,
  JobContext,
  JobEvent,
  JobEventType,
  PassReference,
  ProofSummary,
  WaitingFor,
} from '#dist/machines/job-types.js';
import type { Place } from './golden-table.js';

type SampleEvents = { readonly [T in JobEventType]: readonly EventOf<T>[] };
type Failure = Omit<EventOf<'push.failed'>, 'type'>;
type ReportedKind = Failure['error']['kind'];

/** Every kind of error that work can report. */
export const KINDS: readonly ReportedKind[] = [
  ...(['auth', 'host_key', 'local_file_vanished', 'not_configured', 'target_conflict', 'wrong_target'] as const),
  ...(['source_invalid', 'crash_loop', 'cancelled', 'network', 'timeout', 'target_full', 'unknown'] as const),
  'hash_mismatch',
];

/** Longer than any delay of these samples: events this far apart find each job due. */
export const STEP_MS = 3_600_000;

const waits = (name: string, until: number | null): WaitingFor[] => [
  { name, ok: false, measured: 'not yet', required: 'soon', until },
];
const passes: PassReference[] = [{ proofId: 'proof-1', at: 1, evidence: 'read-back', invocation: 'worker-1:7' }];
const proofAt = (at: number): ProofSummary => ({
  proofId: `proof-${at}`,
  evidence: 'read-back',
  files: 3,
  bytes: 4096,
  expiresAt: at + 72 * STEP_MS,
  steadyAt: at + 5,
});
const failure = (at: number, kind: ReportedKind, delaysMs: readonly number[]): Failure => ({
  at,
  error: { kind, message: `${kind} was met` },
  delaysMs,
});

/** One event of each type at this time; for failures one of each sort. With these every row can be reached. */
export function basicEventsAt(at: number): SampleEvents {
  const failures = (['auth', 'hash_mismatch', 'network'] as const).map((kind) => failure(at, kind, [30_000]));
  const told = (name: string) => ({ at, until: at + 1_000, waitingFor: waits(name, at + 1_000) });
  return {
    claimed: [{ type: 'claimed', at }],
    'push.succeeded': [{ type: 'push.succeeded', at, files: 3, bytes: 4096, copied: 2 }],
    'push.deferred': [{ type: 'push.deferred', ...told('target_reachable') }],
    'push.failed': failures.map((failed) => ({ type: 'push.failed', ...failed })),
    interrupted: [{ type: 'interrupted', at, limit: 2, owner: 'worker-1' }],
    'verify.succeeded': [
      { type: 'verify.succeeded', at, proof: proofAt(at), until: null, waitingFor: waits('age', null) },
    ],
    'verify.deferred': [{ type: 'verify.deferred', ...told('target_reachable') }],
    'verify.failed': failures.map((failed) => ({ type: 'verify.failed', ...failed })),
    'cleanup.scheduled': [{ type: 'cleanup.scheduled', ...told('passes') }],
    'cleanup.disabled': [{ type: 'cleanup.disabled', ...told('cleanup_enabled') }],
    'pass.due': [{ type: 'pass.due', at, reason: 'the proof is old' }],
    'interlocks.satisfied': [
      { type: 'interlocks.satisfied', at, proofId: 'a proof', files: 3, bytes: 4096, passes, interlocks: [] },
    ],
    'interlocks.unmet': [{ type: 'interlocks.unmet', ...told('age') }],
    'cleanup.succeeded': [{ type: 'cleanup.succeeded', at, files: 3, bytes: 4096, passes }],
    'cleanup.trashed': [{ type: 'cleanup.trashed', ...told('trash'), files: 3, bytes: 4096, steadyAt: at + 5 }],
    'cleanup.refused': [
      { type: 'cleanup.refused', ...told('unchanged'), files: 1, bytes: 9, kept: [{ path: 'a', reason: 'new' }] },
    ],
    'cleanup.failed': [{ type: 'cleanup.failed', at, message: 'EACCES', until: at + 1_000 }],
    'run.changed': [{ type: 'run.changed', at, reason: 'a file is new' }],
    retried: [{ type: 'retried', at, by: 'ada', reason: 'fixed' }],
    cancelled: [{ type: 'cancelled', at, by: 'ada', reason: 'wrong run' }],
  };
}

const DELAYS: readonly (readonly number[])[] = [[], [30_000], [30_000, 120_000], [30_000, 120_000, 480_000]];

/** All of those, and each again with other kinds, limits, delays and due times: what the conditions turn on. */
export function eventsAt(at: number): SampleEvents {
  const basic = basicEventsAt(at);
  const failures = KINDS.flatMap((kind) => DELAYS.map((delaysMs) => failure(at, kind, delaysMs)));
  return {
    ...basic,
    'push.failed': failures.map((failed) => ({ type: 'push.failed', ...failed })),
    'verify.failed': failures.map((failed) => ({ type: 'verify.failed', ...failed })),
    interrupted: [1, 2, 3, 4].map((limit) => ({ type: 'interrupted', at, limit, owner: 'worker-1' })),
    'push.deferred': [...basic['push.deferred'], { type: 'push.deferred', at, until: at, waitingFor: [] }],
    'verify.succeeded': [
      ...basic['verify.succeeded'],
      { type: 'verify.succeeded', at, proof: proofAt(at), until: at + 7, waitingFor: [] },
    ],
    retried: [...basic.retried, { type: 'retried', at }],
    cancelled: [...basic.cancelled, { type: 'cancelled', at }],
  };
}

export const flat = (events: SampleEvents): JobEvent[] => Object.values(events).flat();
export const EVENT_TYPES = Object.keys(basicEventsAt(0)) as JobEventType[];

/** No key at its first value: what a transition forgets to change, or changes without being asked, is seen. */
export const WORN: JobContext = {
  generation: 3,
  attempts: 2,
  mismatches: 1,
  interruptions: 2,
  verifyPasses: 4,
  dueAt: 101,
  waitingFor: waits('a former wait', 102),
  lastError: { kind: 'timeout', message: 'a former error', at: 103 },
  lastAttemptAt: 104,
  verifiedAt: 105,
  cleanedAt: 106,
  proof: { proofId: 'a former proof', evidence: 'remote-hash', files: 9, bytes: 99, expiresAt: 107, steadyAt: 108 },
  releasing: 'a former proof',
  trashed: { at: 109, steadyAt: 110 },
};
export const WORN_WITHOUT_MISMATCH: JobContext = { ...WORN, mismatches: 0 };

const toRunning = ['claimed'] as const;
const toAwaiting = [...toRunning, 'push.succeeded'] as const;
const toVerifying = [...toAwaiting, 'claimed'] as const;
const toVerified = [...toVerifying, 'verify.succeeded'] as const;
const toEligible = [...toVerified, 'cleanup.scheduled'] as const;
const toJudging = [...toEligible, 'claimed'] as const;
const toDeleting = [...toJudging, 'interlocks.satisfied'] as const;
const toCleaned = [...toDeleting, 'cleanup.succeeded'] as const;
const WAYS: Readonly<Record<Place, readonly JobEventType[]>> = {
  queued: [],
  running: toRunning,
  'awaiting_verify.waiting': toAwaiting,
  'awaiting_verify.verifying': toVerifying,
  verified: toVerified,
  'cleanup_eligible.waiting': toEligible,
  'cleanup_eligible.judging': toJudging,
  'cleanup_eligible.deleting': toDeleting,
  cleaned: toCleaned,
  failed: ['cancelled'],
};

/** The shortest way from a new job of time 0 to this place, one step apart each. */
export const wayTo = (place: Place): JobEvent[] =>
  WAYS[place].map((type, index) => basicEventsAt((index + 1) * STEP_MS)[type][0]!);
