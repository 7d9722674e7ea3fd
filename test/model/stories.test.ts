import { describe, expect, test } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import { replay } from '#dist/machines/restore.js';
import { placeOf } from './oracle.js';
import { wayTo } from './samples.js';

/** Promises that no single row of the table shows. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DELAYS = [30 * SECOND, 2 * MINUTE, 8 * MINUTE, 30 * MINUTE, 2 * HOUR];
const CRASH_LIMIT = 10;

const claimed = (at: number): JobEvent => ({ type: 'claimed', at });
const pushed = (at: number): JobEvent => ({ type: 'push.succeeded', at, files: 1, bytes: 1, copied: 1 });
const failed = (stage: 'push' | 'verify', kind: 'network' | 'hash_mismatch', at = 0): JobEvent => ({
  type: `${stage}.failed`,
  at,
  error: { kind, message: 'the cable is out' },
  delaysMs: DELAYS,
});
const verified: JobEvent = wayTo('verified').at(-1)!;
const died = (at = 0): JobEvent => ({ type: 'interrupted', at, limit: CRASH_LIMIT, owner: 'worker-1' });

const after = (...events: JobEvent[]) => {
  const snapshot = replay({ at: 0 }, events);
  return { place: placeOf(snapshot), ...snapshot.context };
};
const times = (count: number, ...events: JobEvent[]): JobEvent[] => Array.from({ length: count }, () => events).flat();

describe('a NAS that does not answer', () => {
  test.each(DELAYS.map((delayMs, index) => ({ delayMs, failures: index + 1 })))(
    'is tried again $delayMs ms after failure $failures',
    ({ delayMs, failures }) => {
      const job = after(
        ...times(failures - 1, claimed(0), failed('push', 'network')),
        claimed(0),
        failed('push', 'network', 7),
      );
      expect(job).toMatchObject({ place: 'queued', attempts: failures, dueAt: 7 + delayMs });
    },
  );

  test('is a person’s turn once every delay was used', () => {
    const job = after(...times(DELAYS.length + 1, claimed(0), failed('push', 'network')));
    expect(job).toMatchObject({ place: 'failed', attempts: 6, lastError: { kind: 'network' } });
  });

  test('uses up one and the same number of delays in the push and in the comparison', () => {
    const pushes = times(3, claimed(0), failed('push', 'network'));
    const passes = times(3, claimed(0), failed('verify', 'network'));
    expect(after(...pushes, claimed(0), pushed(0), ...passes)).toMatchObject({ place: 'failed', attempts: 6 });
  });

  test('may be down for a whole weekend: a closed lane fails no job', () => {
    const putOff: JobEvent = { type: 'push.deferred', at: 0, until: 30 * SECOND, waitingFor: [] };
    const job = after(...times(1_000, claimed(0), putOff));
    expect(job).toMatchObject({ place: 'queued', attempts: 0, interruptions: 0, lastError: null });
  });
});

describe('damage on the NAS', () => {
  test('found by the comparison is pushed again, at once', () => {
    const job = after(...wayTo('awaiting_verify.verifying'), failed('verify', 'hash_mismatch', 7));
    expect(job).toMatchObject({ place: 'queued', mismatches: 1, attempts: 0, dueAt: 7 });
  });

  test('found twice without a pass in between is a person’s turn', () => {
    const once = [claimed(0), pushed(0), claimed(0), failed('verify', 'hash_mismatch')];
    expect(after(...times(2, ...once))).toMatchObject({ place: 'failed', lastError: { kind: 'hash_mismatch' } });
  });

  test('is forgiven by a pass', () => {
    const healed = [failed('verify', 'hash_mismatch'), claimed(0), pushed(0), claimed(0), verified];
    const later: JobEvent = { type: 'pass.due', at: 0, reason: 'old' };
    const job = after(
      ...wayTo('awaiting_verify.verifying'),
      ...healed,
      later,
      claimed(0),
      failed('verify', 'hash_mismatch'),
    );
    expect(job).toMatchObject({ place: 'queued', mismatches: 1 });
  });
});

describe('a process that dies at its work', () => {
  test('is replaced nine times; the tenth death parks the job', () => {
    expect(after(...times(9, claimed(0), died()))).toMatchObject({ place: 'queued', interruptions: 9, attempts: 0 });
    const job = after(...times(10, claimed(0), died()));
    expect(job).toMatchObject({ place: 'failed', lastError: { kind: 'crash_loop' } });
  });

  test('starts a new count once a push has ended well', () => {
    const job = after(...times(9, claimed(0), died()), claimed(0), pushed(0), claimed(0), died());
    expect(job).toMatchObject({ place: 'awaiting_verify.waiting', interruptions: 1 });
  });
});

test('a run that changes after it was verified must be proven again from the start', () => {
  const job = after(...wayTo('verified'), { type: 'run.changed', at: 7, reason: 'a file is new' });
  expect(job).toMatchObject({
    place: 'queued',
    generation: 2,
    verifyPasses: 0,
    proof: null,
    verifiedAt: null,
    dueAt: 7,
  });
});

test('a person’s retry gives back every attempt', () => {
  const parked = times(6, claimed(0), failed('push', 'network'));
  const job = after(...parked, { type: 'retried', at: 7 }, claimed(8), failed('push', 'network', 9));
  expect(job).toMatchObject({ place: 'queued', attempts: 1, dueAt: 9 + DELAYS[0]! });
});
