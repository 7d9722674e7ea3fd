import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import { advance, dehydrate, firstSnapshot, replay, restore, type JobSnapshot } from '#dist/machines/restore.js';
import { GOLDEN, PLACES, type Place } from './golden-table.js';
import { contextAfter, differences, nameOf, placeOf, rowTaken } from './oracle.js';
import { chances, walkOf, type WalkStep } from './random-walk.js';

const RUNS = { numRuns: 200 };
const START = 1_000;

/** Holds after every step of every life that chance gives to a job. */
const always = (holds: (step: WalkStep) => void): void =>
  fc.assert(
    fc.property(chances, (steps) => walkOf(START, steps).forEach(holds)),
    RUNS,
  );

const tagOf = (snapshot: JobSnapshot) => PLACES[placeOf(snapshot)];

function read(snapshot: JobSnapshot): JobSnapshot {
  const restored = restore(dehydrate(snapshot));
  if (!restored.ok) throw new Error(restored.why);
  return restored.snapshot;
}

describe('whatever happens to a job', () => {
  test('the table foretells each step', () =>
    always(({ before, event, after }) => {
      const row = rowTaken(placeOf(before), before.context, event);
      if (row === null) expect(after).toBe(before);
      else expect(differences(contextAfter(row, before.context, event), after.context)).toEqual([]);
      expect(placeOf(after)).toBe(row?.to ?? placeOf(before));
    }));

  test('it is in one public place, and tagged as that', () =>
    always(({ after }) => {
      expect([...after.tags]).toEqual([PLACES[placeOf(after)]]);
    }));

  test('it is due only where it waits', () =>
    always(({ after }) => {
      if (tagOf(after) !== 'waiting') expect(after.context.dueAt).toBeNull();
    }));

  test('while it waits it is due, unless it was told to wait without a time', () =>
    always(({ before, event, after }) => {
      const toldNoTime = 'until' in event && event.until === null;
      if (tagOf(after) === 'waiting' && after !== before) expect(after.context.dueAt === null).toBe(toldNoTime);
    }));

  test('it waits for a time or something named, or works, or is parked, or is gone: never for nothing', () =>
    always(({ after }) => {
      const { dueAt, waitingFor } = after.context;
      if (tagOf(after) === 'waiting') expect(dueAt !== null || waitingFor.length > 0).toBe(true);
      else expect(waitingFor).toEqual([]);
    }));

  test('a backoff says how long, and that is when the job is due', () =>
    always(({ before, event, after }) => {
      if (!event.type.endsWith('.failed') || !('error' in event) || after === before) return;
      if (tagOf(after) !== 'waiting' || event.error.kind === 'hash_mismatch') return;
      const delayMs = event.delaysMs[before.context.attempts];
      expect(after.context.dueAt).toBe(event.at + delayMs!);
      expect(after.context.waitingFor).toMatchObject([{ name: 'backoff', ok: false, until: after.context.dueAt }]);
    }));

  test('its counters are whole numbers, never below zero', () =>
    always(({ after: { context } }) => {
      const { generation, attempts, mismatches, interruptions, verifyPasses } = context;
      expect(generation).toBeGreaterThanOrEqual(1);
      for (const count of [generation, attempts, mismatches, interruptions, verifyPasses]) {
        expect(Number.isSafeInteger(count) && count >= 0).toBe(true);
      }
    }));

  test('a proof, a pass and its time come and go together, and with each new generation they go', () =>
    always(({ before, after: { context } }) => {
      expect(context.proof === null).toBe(context.verifyPasses === 0);
      expect(context.verifiedAt === null).toBe(context.verifyPasses === 0);
      if (context.generation > before.context.generation) expect(context.proof).toBeNull();
    }));

  test('nothing is deleted, and nothing counts as verified, without a proof of this generation', () =>
    always(({ after }) => {
      const needProof: Place[] = [
        'verified',
        'cleanup_eligible.waiting',
        'cleanup_eligible.judging',
        'cleanup_eligible.deleting',
        'cleaned',
      ];
      if (needProof.includes(placeOf(after))) expect(after.context.proof).not.toBeNull();
    }));

  test('it says why it failed, and when it was cleaned', () =>
    always(({ after }) => {
      if (placeOf(after) === 'failed') expect(after.context.lastError).not.toBeNull();
      expect(after.context.cleanedAt !== null).toBe(placeOf(after) === 'cleaned');
    }));

  test('its past is not rewritten: a snapshot stays as it was when the next event comes', () =>
    always(({ before, event }) => {
      const text = JSON.stringify(before.context);
      advance(before, event);
      expect(JSON.stringify(before.context)).toBe(text);
    }));
});

describe('a job that is stored and read again', () => {
  test('is the same, and stores the same', () =>
    always(({ after }) => {
      const again = read(after);
      expect(again.value).toEqual(after.value);
      expect(again.context).toEqual(after.context);
      expect([again.status, [...again.tags]]).toEqual([after.status, [...after.tags]]);
      expect(dehydrate(again)).toEqual(dehydrate(after));
    }));

  test('goes on as if it had never been stored', () =>
    always(({ before, event, after }) => {
      expect(dehydrate(advance(read(before), event))).toEqual(dehydrate(after));
    }));

  test('is plain JSON', () =>
    always(({ after }) => expect(JSON.parse(JSON.stringify(after.context))).toEqual(after.context)));
});

test('the journal, written as JSON and replayed, gives the snapshot exactly', () => {
  fc.assert(
    fc.property(chances, (steps) => {
      const walk = walkOf(START, steps);
      const moved = walk.filter(({ before, after }) => after !== before).map(({ event }) => event);
      const journal = JSON.parse(JSON.stringify(moved)) as JobEvent[];
      const last = walk.at(-1)?.after ?? firstSnapshot({ at: START });
      expect(dehydrate(replay({ at: START }, journal))).toEqual(dehydrate(last));
    }),
    RUNS,
  );
});

test('these lives are rich enough to mean something: between them they take every row of the table', () => {
  const lives = fc.sample(chances, { ...RUNS, seed: 1 }).flatMap((steps) => walkOf(START, steps));
  const taken = new Set(lives.map(({ before, event }) => rowTaken(placeOf(before), before.context, event)));
  expect(GOLDEN.filter((row) => !taken.has(row)).map(nameOf)).toEqual([]);
});
