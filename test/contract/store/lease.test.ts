import { describe, expect, test } from 'vitest';
import type { Job } from '#dist/persistence/job.js';
import { fenceOf, newBench, type Bench } from './bench.js';

const LANE = 'CONFOCAL_01';
const claim = (bench: Bench, owner = 'worker-1', at = 9) =>
  bench.store.jobs.claim({ equipmentId: LANE, owner, at }).then(({ job }) => job);

/** Of two due jobs, one is at work and was cancelled by a person meanwhile. */
async function cancelledUnderWork(): Promise<{ bench: Bench; cancelled: Job; next: Job }> {
  const bench = await newBench();
  await bench.add(LANE, 'Run_1', 1);
  const next = await bench.add(LANE, 'Run_2', 2);
  const claimed = await claim(bench);
  const { job: cancelled } = await bench.store.jobs.advance(claimed!.jobId, { type: 'cancelled', at: 10 });
  return { bench, cancelled, next };
}

describe('a job that a person cancels under its work', () => {
  test('is failed at once', async () => {
    const { cancelled } = await cancelledUnderWork();
    expect(cancelled).toMatchObject({ state: 'failed', context: { lastError: { kind: 'cancelled' } } });
  });

  test('keeps its lane busy until its owner has stopped: two never act on one target', async () => {
    const { bench, cancelled, next } = await cancelledUnderWork();
    expect(await claim(bench, 'worker-2')).toBeNull();
    await bench.store.jobs.release(cancelled.jobId, 'worker-1');
    expect((await claim(bench, 'worker-2'))?.jobId).toBe(next.jobId);
  });

  test('tells its owner so: the lease is no longer as it was granted', async () => {
    const { bench, cancelled } = await cancelledUnderWork();
    expect(await bench.store.jobs.leasedTo('worker-1')).toEqual(new Map([[cancelled.jobId, cancelled.revision]]));
  });

  test('is not begun again by a retry before that', async () => {
    const { bench, cancelled } = await cancelledUnderWork();
    await bench.store.jobs.advance(cancelled.jobId, { type: 'retried', at: 0 });
    expect(await claim(bench, 'worker-2')).toBeNull();
    await bench.store.jobs.release(cancelled.jobId, 'worker-1');
    expect((await claim(bench, 'worker-2'))?.jobId).toBe(cancelled.jobId);
  });
});

describe('releasing a lease', () => {
  test('is for its owner only', async () => {
    const { bench, cancelled } = await cancelledUnderWork();
    const before = bench.everything();
    await bench.store.jobs.release(cancelled.jobId, 'worker-2');
    expect(bench.everything()).toEqual(before);
  });

  test('is no step of the job: revision and journal stay', async () => {
    const { bench, cancelled } = await cancelledUnderWork();
    const journal = await bench.store.jobs.journal(cancelled.jobId);
    await bench.store.jobs.release(cancelled.jobId, 'worker-1');
    expect(bench.row(cancelled.jobId)).toMatchObject({ lease_owner: null, revision: cancelled.revision });
    expect(await bench.store.jobs.journal(cancelled.jobId)).toEqual(journal);
  });

  test('changes nothing where the result of the work has ended it', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1');
    const job = await claim(bench);
    await bench.store.jobs.advance(job!.jobId, { type: 'cancelled', at: 10 }, { fence: fenceOf(job!) });
    const before = bench.everything();
    await bench.store.jobs.release(job!.jobId, 'worker-1');
    expect(bench.everything()).toEqual(before);
  });

  test('never leaves a job at work without an owner, for nobody would find it again', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1');
    const job = await claim(bench);
    await bench.store.jobs.release(job!.jobId, 'worker-1');
    expect(bench.row(job!.jobId)).toMatchObject({ state: 'running', lease_owner: 'worker-1' });
  });
});
