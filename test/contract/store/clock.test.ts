import { describe, expect, test } from 'vitest';
import { fenceOf, newBench } from './bench.js';

const LANE = 'CONFOCAL_01';
const NOW = Date.UTC(2026, 0, 1);
const YEAR_MS = 365 * 86_400_000;

describe('a clock that ran ahead and was set back', () => {
  test('leaves no job waiting for years: what was written in the future is due now', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add(LANE, 'Run_1', NOW + YEAR_MS);
    await bench.store.jobs.undoFuture({ equipmentId: LANE }, NOW, YEAR_MS);
    expect((await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: NOW })).job?.jobId).toBe(jobId);
  });

  test('leaves none waiting for seconds either: a job that was due when it was queued is due', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add(LANE, 'Run_1', NOW + 30_000);
    await bench.store.jobs.undoFuture({ equipmentId: LANE }, NOW, YEAR_MS);
    expect((await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: NOW })).job?.jobId).toBe(jobId);
  });

  test('touches no job that backs off as it should', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add(LANE, 'Run_1', NOW);
    const job = (await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: NOW })).job;
    const error = { kind: 'network', message: 'no answer' } as const;
    const failed = { type: 'push.failed', at: NOW, error, delaysMs: [YEAR_MS] } as const;
    await bench.store.jobs.advance(jobId, failed, { fence: fenceOf(job!) });
    const before = bench.everything();
    await bench.store.jobs.undoFuture({ equipmentId: LANE }, NOW, YEAR_MS);
    expect(bench.everything()).toEqual(before);
  });

  test('leaves no job waiting for longer than its state can, whenever its row was written', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add(LANE, 'Run_1', NOW);
    bench.tamper('UPDATE jobs SET due_at = due_at + 2 * 31536000000 WHERE job_id = ?', jobId);
    await bench.store.jobs.undoFuture({ equipmentId: LANE }, NOW, YEAR_MS);
    expect((await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: NOW })).job?.jobId).toBe(jobId);
  });

  test('touches no other lane, and no job at work or set aside', async () => {
    const bench = await newBench();
    await bench.add('OTHER', 'Run_1', NOW + YEAR_MS);
    const { jobId: broken } = await bench.add(LANE, 'Run_1', NOW + YEAR_MS);
    await bench.add(LANE, 'Run_2', NOW + YEAR_MS);
    bench.tamper("UPDATE jobs SET snapshot = '{' WHERE job_id = ?", broken);
    await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: NOW + YEAR_MS });
    const before = bench.everything();
    await bench.store.jobs.undoFuture({ equipmentId: LANE }, NOW, YEAR_MS);
    expect(bench.everything()).toEqual(before);
  });
});
