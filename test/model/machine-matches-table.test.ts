import { describe, expect, test, vi } from 'vitest';
import { jobMachine } from '#dist/machines/job-machine.js';
import { JOB_STATES, type JobContext } from '#dist/machines/job-types.js';
import { advance, replay, type JobSnapshot } from '#dist/machines/restore.js';
import { GOLDEN, PLACES, type Place, type Row } from './golden-table.js';
import { contextAfter, differences, nameOf, placeOf, rowTaken } from './oracle.js';
import { EVENT_TYPES, eventsAt, flat, KINDS, wayTo, WORN, WORN_WITHOUT_MISMATCH } from './samples.js';
import {
  behaviourComplaints,
  CONDITION_NAMES,
  declarationComplaints,
  PLACE_NAMES,
  reachComplaints,
  valueOf,
} from './table-check.js';

const at = (place: Place, context: JobContext): JobSnapshot =>
  jobMachine.resolveState({ value: valueOf(place), context });

describe('the machine and the table', () => {
  test('declare the same arrows, states and conditions, and nothing that moves by itself', () => {
    expect([...declarationComplaints(jobMachine)]).toEqual([]);
  });

  test('know the same public states', () => {
    const states = Object.keys(PLACES).map((place) => place.split('.')[0]);
    expect([...new Set(states)].sort()).toEqual([...JOB_STATES].sort());
  });

  test('reach every place from a new job', () => {
    expect([...reachComplaints(jobMachine)]).toEqual([]);
  });

  test('agree about every event in every place', () => {
    expect([...behaviourComplaints(jobMachine)]).toEqual([]);
  });

  test('leave no row of the table unexercised', () => {
    const exercised = new Set<Row>();
    expect([...behaviourComplaints(jobMachine, (row) => exercised.add(row))]).toEqual([]);
    expect(GOLDEN.filter((row) => !exercised.has(row)).map(nameOf)).toEqual([]);
  });
});

test.each(GOLDEN)('$from --$event [$condition]--> $to changes what the table says, and nothing else', (row) => {
  const pasts = [replay({ at: 0 }, wayTo(row.from)), at(row.from, WORN), at(row.from, WORN_WITHOUT_MISMATCH)];
  let taken = 0;
  for (const before of pasts) {
    for (const event of flat(eventsAt(9_000_000))) {
      if (rowTaken(row.from, before.context, event) !== row) continue;
      taken += 1;
      const after = advance(before, event);
      expect(placeOf(after)).toBe(row.to);
      expect(differences(contextAfter(row, before.context, event), after.context)).toEqual([]);
    }
  }
  expect(taken).toBeGreaterThan(0);
});

describe('time', () => {
  const everyStep = (shiftMs: number): JobSnapshot[] =>
    PLACE_NAMES.flatMap((place) => flat(eventsAt(9_000_000 + shiftMs)).map((event) => advance(at(place, WORN), event)));

  test('comes from the event: no clock and no chance is asked', () => {
    const never = () => {
      throw new Error('a clock or chance was asked');
    };
    const spies = [
      vi.spyOn(Date, 'now').mockImplementation(never),
      vi.spyOn(performance, 'now').mockImplementation(never),
      vi.spyOn(Math, 'random').mockImplementation(never),
    ];
    try {
      expect(everyStep(0)).toHaveLength(10 * flat(eventsAt(0)).length);
    } finally {
      for (const spy of spies) spy.mockRestore();
    }
  });

  test('is the `at` of the event: a later event gives the same answer, later by as much', () => {
    const shiftMs = 86_400_000;
    const early = everyStep(0).map(({ context }) => JSON.stringify(context));
    const late = everyStep(shiftMs).map(({ context }) =>
      JSON.stringify(context, (_, part: unknown) =>
        typeof part === 'number' && part > shiftMs ? part - shiftMs : part,
      ).replaceAll(/proof-(\d+)/g, (_, made: string) => `proof-${Number(made) - shiftMs}`),
    );
    expect(late).toEqual(early);
  });

  test('passes for nobody else: the same event gives the same answer, however often', () => {
    expect(everyStep(0).map(({ context }) => context)).toEqual(everyStep(0).map(({ context }) => context));
  });
});

test('the samples hold every event and every error kind that the table knows', () => {
  expect(new Set(GOLDEN.map(({ event }) => event))).toEqual(new Set(EVENT_TYPES));
  expect(new Set(GOLDEN.flatMap(({ condition }) => condition ?? []))).toEqual(new Set(CONDITION_NAMES));
  expect(KINDS).toHaveLength(14);
});
