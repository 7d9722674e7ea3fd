import fc from 'fast-check';
import type { JobEvent, JobEventType, WaitingFor } from '#dist/machines/job-types.js';
import { advance, firstSnapshot, type JobSnapshot } from '#dist/machines/restore.js';
import { GOLDEN } from './golden-table.js';
import { placeOf } from './oracle.js';
import { EVENT_TYPES, KINDS } from './samples.js';

/** What chance decides about one step; each event takes what it has a use for. */
const chance = fc.record({
  pick: fc.nat(1_000),
  /** One event in ten is any at all, five lead on towards the end, four are some that the job's state knows. */
  kindOfEvent: fc.nat(9).map((die) => (die === 0 ? 'any' : die < 6 ? 'onward' : 'known')),
  at: fc.integer({ min: 1, max: 2 ** 44 }),
  dueIn: fc.option(fc.nat(2 ** 40)),
  waitsFor: fc.array(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 3 }),
  kind: fc.oneof(fc.constantFrom(...KINDS), fc.constant('hash_mismatch' as const), fc.constant('network' as const)),
  delaysMs: fc.array(fc.nat(2 ** 40), { maxLength: 5 }),
  limit: fc.integer({ min: 1, max: 5 }),
  words: fc.string(),
  operator: fc.constantFrom({}, { by: 'ada' }, { by: 'ada', reason: 'wrong run' }),
  evidence: fc.constantFrom('cached-read' as const, 'read-back' as const, 'remote-hash' as const),
  size: fc.nat(),
});
type Chance = typeof chance extends fc.Arbitrary<infer T> ? T : never;

export const chances = fc.array(chance, { minLength: 1, maxLength: 50, size: 'max' });

function eventFrom(type: JobEventType, c: Chance): JobEvent {
  const { at, words, size } = c;
  const until = c.dueIn === null ? null : at + c.dueIn;
  const waitingFor: WaitingFor[] = c.waitsFor.map((name) => ({
    name,
    ok: false,
    measured: words,
    required: '',
    until,
  }));
  const told = { at, until, waitingFor };
  const failed = { at, error: { kind: c.kind, message: words }, delaysMs: c.delaysMs };
  const proof = {
    proofId: words,
    evidence: c.evidence,
    files: size,
    bytes: size,
    expiresAt: at + size,
    steadyAt: size,
  };
  const passes = [{ proofId: words, at, evidence: c.evidence, invocation: words }];
  const gone = { at, files: size, bytes: size };
  const events: { [T in JobEventType]: Extract<JobEvent, { type: T }> } = {
    claimed: { type: 'claimed', at },
    'push.succeeded': { type: 'push.succeeded', at, files: size, bytes: size, copied: size },
    'push.deferred': { type: 'push.deferred', ...told },
    'push.failed': { type: 'push.failed', ...failed },
    interrupted: { type: 'interrupted', at, limit: c.limit, owner: words },
    'verify.succeeded': { type: 'verify.succeeded', ...told, proof },
    'verify.deferred': { type: 'verify.deferred', ...told },
    'verify.failed': { type: 'verify.failed', ...failed },
    'cleanup.scheduled': { type: 'cleanup.scheduled', ...told },
    'cleanup.disabled': { type: 'cleanup.disabled', ...told },
    'pass.due': { type: 'pass.due', at, reason: words },
    'interlocks.satisfied': { type: 'interlocks.satisfied', ...gone, proofId: words, passes, interlocks: [] },
    'interlocks.unmet': { type: 'interlocks.unmet', ...told },
    'cleanup.succeeded': { type: 'cleanup.succeeded', ...gone, passes },
    'cleanup.trashed': { type: 'cleanup.trashed', ...told, ...gone, steadyAt: size },
    'cleanup.refused': { type: 'cleanup.refused', ...told, ...gone, kept: [{ path: words, reason: words }] },
    'cleanup.failed': { type: 'cleanup.failed', at, message: words, until: at + size },
    'run.changed': { type: 'run.changed', at, reason: words },
    retried: { type: 'retried', at, ...c.operator },
    cancelled: { type: 'cancelled', at, ...c.operator },
  };
  return events[type];
}

function eventHere(snapshot: JobSnapshot, c: Chance): JobEvent {
  const place = placeOf(snapshot);
  const known = [...new Set(GOLDEN.filter(({ from }) => from === place).map(({ event }) => event))];
  const types = c.kindOfEvent === 'any' || known.length === 0 ? EVENT_TYPES : known;
  // In the table the way on stands before the ways back.
  if (c.kindOfEvent === 'onward') return eventFrom(types[0]!, c);
  return eventFrom(types[c.pick % types.length]!, c);
}

export interface WalkStep {
  readonly before: JobSnapshot;
  readonly event: JobEvent;
  readonly after: JobSnapshot;
}

/** What a job made at `at` lives through. */
export function walkOf(at: number, steps: readonly Chance[]): WalkStep[] {
  let before = firstSnapshot({ at });
  return steps.map((c) => {
    const event = eventHere(before, c);
    const step = { before, event, after: advance(before, event) };
    before = step.after;
    return step;
  });
}
