import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Bench } from '../contract/store/bench.js';
import { GOLDEN } from './golden-table.js';
import { waysThroughTheMachine } from './graph.js';
import { Journey } from './journey.js';
import { nameOf } from './oracle.js';

/**
 * After each step of each way: the row is what machine and table say, its revision rose by one, the journal replays to
 * the stored snapshot, and the counts are those of the rows.
 */
describe('on a real database', () => {
  const walked = new Set<string>();
  let bench: Bench;
  let lanes = 0;

  beforeAll(async () => {
    bench = await Bench.open();
  });
  afterAll(() => bench.close());

  async function walk(events: Parameters<Journey['take']>[0][]): Promise<Journey> {
    const journey = await Journey.begin(bench, `LANE_${++lanes}`);
    for (const event of events) walked.add(nameOf(await journey.take(event)));
    return journey;
  }

  const shortest = waysThroughTheMachine();
  const rows = GOLDEN.map((row) => ({ row, name: nameOf(row) }));

  test.each(rows)('$name', async ({ row, name }) => {
    const way = shortest.find(({ ends }) => ends === name);
    if (way === undefined) throw new Error('no way leads over this transition');
    expect((await walk(way.events)).place).toBe(row.to);
  });

  test('every way to every transition with every count of failures', async () => {
    // With fewer ways than this the counters no longer tell states apart, and the walk has become a stroll.
    expect(shortest.length).toBeGreaterThan(150);
    for (const { events } of shortest) await walk(events);
  });

  test('leaves no transition of the table unwalked', () => {
    expect(rows.map(({ name }) => name).filter((name) => !walked.has(name))).toEqual([]);
  });
});
