import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jobMachine } from '#dist/machines/job-machine.js';
import type { JobEventType } from '#dist/machines/job-types.js';
import { advance, dehydrate, replay, restore } from '#dist/machines/restore.js';
import { Bench } from '../contract/store/bench.js';
import { GOLDEN, type Place } from './golden-table.js';
import { Journey, OWNER } from './journey.js';
import { EVENT_TYPES, eventsAt, STEP_MS, wayTo, WORN } from './samples.js';
import { PLACE_NAMES, valueOf } from './table-check.js';

const knows = (place: Place, event: JobEventType): boolean =>
  GOLDEN.some((row) => row.from === place && row.event === event);
const foreignTo = (place: Place): JobEventType[] => EVENT_TYPES.filter((event) => !knows(place, event));

const LATER = 100 * STEP_MS;
const PAIRS = PLACE_NAMES.flatMap((place) => foreignTo(place).map((event) => ({ place, event })));

test('the matrix is whole: 10 places × 20 events, of which 42 pairs move a job', () => {
  expect(PLACE_NAMES.length * EVENT_TYPES.length).toBe(200);
  expect(PAIRS).toHaveLength(158);
});

test.each(PAIRS)('$event in $place gives back the very same snapshot', ({ place, event }) => {
  const worn = jobMachine.resolveState({ value: valueOf(place), context: WORN });
  for (const snapshot of [replay({ at: 0 }, wayTo(place)), worn]) {
    for (const sample of eventsAt(LATER)[event]) expect(advance(snapshot, sample)).toBe(snapshot);
  }
});

describe('on a real database', () => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(() => bench.close());

  async function jobIn(place: Place, lane: string): Promise<Journey> {
    const journey = await Journey.begin(bench, lane);
    for (const event of wayTo(place)) await journey.take(event);
    return journey;
  }

  test.each(PLACE_NAMES)('a job in %s: no event that is not its own writes anything', async (place) => {
    const journey = await jobIn(place, `LANE_${place}`);
    const before = bench.everything();
    for (const event of foreignTo(place)) {
      for (const sample of eventsAt(LATER)[event]) {
        expect(await journey.feed(sample)).toMatchObject({ changed: false, from: place, to: place });
      }
    }
    expect(bench.everything()).toEqual(before);
  });

  test.each(PLACE_NAMES.filter((place) => !knows(place, 'claimed')))('a job in %s is not claimed', async (place) => {
    const lane = `CLAIM_${place}`;
    const { jobId } = await jobIn(place, lane);
    const before = bench.row(jobId);
    expect((await bench.store.jobs.claim({ equipmentId: lane, owner: OWNER, at: LATER })).job).toBeNull();
    expect(bench.row(jobId)).toEqual(before);
  });
});

describe('a cleaned job', () => {
  test('stays so, also after it was stored and read again, unless the whole run is back and queued again', () => {
    const stored = dehydrate(replay({ at: 0 }, wayTo('cleaned')));
    const read = restore(stored);
    if (!read.ok) throw new Error(read.why);
    expect([...read.snapshot.tags]).toEqual(['final']);
    for (const type of EVENT_TYPES.filter((event) => event !== 'run.changed')) {
      for (const sample of eventsAt(LATER)[type]) expect(advance(read.snapshot, sample)).toBe(read.snapshot);
    }
  });
});
