import { describe, expect, test } from 'vitest';
import { newBench, type Bench } from './bench.js';

const actual = (bench: Bench) =>
  bench.all(`SELECT equipment_id AS equipmentId, state, count(*) AS jobs FROM jobs
    GROUP BY equipment_id, state ORDER BY equipment_id, state`);
const byName = (a: { equipmentId: string; state: string }, b: { equipmentId: string; state: string }): number =>
  `${a.equipmentId} ${a.state}`.localeCompare(`${b.equipmentId} ${b.state}`);

async function agree(bench: Bench): Promise<void> {
  expect((await bench.store.jobs.counts()).sort(byName)).toEqual(actual(bench));
}

describe('the counts by equipment and state are those of the rows', () => {
  test('in an empty queue', async () => {
    const bench = await newBench();
    expect(await bench.store.jobs.counts()).toEqual([]);
  });

  test('after jobs were added, moved and parked', async () => {
    const bench = await newBench();
    for (const run of ['Run_1', 'Run_2', 'Run_3']) await bench.add('LANE', run);
    const { jobId } = await bench.add('SCOPE_02', 'Run_1');
    await bench.store.jobs.claim({ equipmentId: 'LANE', owner: 'worker-1', at: 1 });
    await bench.store.jobs.advance(jobId, { type: 'cancelled', at: 1 });
    expect((await bench.store.jobs.counts()).sort(byName)).toEqual([
      { equipmentId: 'LANE', state: 'queued', jobs: 2 },
      { equipmentId: 'LANE', state: 'running', jobs: 1 },
      { equipmentId: 'SCOPE_02', state: 'failed', jobs: 1 },
    ]);
    await agree(bench);
  });

  test('after the same run was added twice', async () => {
    const bench = await newBench();
    await bench.add('LANE', 'Run_1');
    await bench.add('LANE', 'Run_1');
    expect(await bench.store.jobs.counts()).toEqual([{ equipmentId: 'LANE', state: 'queued', jobs: 1 }]);
  });

  test('after jobs were moved to another equipment, or deleted, by hand', async () => {
    const bench = await newBench();
    for (const run of ['Run_1', 'Run_2', 'Run_3']) await bench.add('LANE', run);
    bench.tamper("UPDATE jobs SET equipment_id = 'SCOPE_02' WHERE id = 1");
    await agree(bench);
    bench.tamper('DELETE FROM journal');
    bench.tamper('DELETE FROM jobs WHERE id <= 2');
    await agree(bench);
  });

  test('after many random changes by hand, several rows at a time', async () => {
    const bench = await newBench();
    for (let run = 0; run < 30; run += 1) await bench.add(`LANE_${run % 3}`, `Run_${run}`);
    for (let round = 0; round < 20; round += 1) {
      const state = ['queued', 'failed', 'verified', 'cleaned'][round % 4];
      bench.tamper('UPDATE jobs SET state = ?, revision = revision + 1 WHERE id % 7 = ?', state, round % 7);
      await agree(bench);
    }
  });
});
