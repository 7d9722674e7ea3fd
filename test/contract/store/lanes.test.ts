import { describe, expect, test } from 'vitest';
import type { ClaimRequest } from '#dist/persistence/claim-query.js';
import type { JobStore } from '#dist/persistence/job-store.js';
import { Journey } from '../../model/journey.js';
import { wayTo } from '../../model/samples.js';
import { fenceOf, newBench, secondStore } from './bench.js';

const LANE = 'CONFOCAL_01';
const claim = async (jobs: JobStore, at: number, more: Partial<ClaimRequest> = {}) =>
  jobs.claim({ equipmentId: LANE, owner: 'worker-1', at, ...more }).then(({ job }) => job);

describe('a lane', () => {
  test('works on one job at a time', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1');
    await bench.add(LANE, 'Run_2');
    expect(await claim(bench.store.jobs, 1)).not.toBeNull();
    expect(await claim(bench.store.jobs, 1)).toBeNull();
  });

  test('is one across all processes on the database', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    await bench.add(LANE, 'Run_1');
    await bench.add(LANE, 'Run_2');
    await claim(bench.store.jobs, 1);
    expect(await claim(elsewhere.jobs, 1, { owner: 'worker-2' })).toBeNull();
  });

  test('holds up no other lane', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    await bench.add(LANE, 'Run_1');
    const other = await bench.add('SCOPE_02', 'Run_1');
    await claim(bench.store.jobs, 1);
    const claimed = (await elsewhere.jobs.claim({ equipmentId: 'SCOPE_02', owner: 'worker-2', at: 1 })).job;
    expect(claimed?.jobId).toBe(other.jobId);
  });

  test('is free again once the work has a result', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1');
    const second = await bench.add(LANE, 'Run_2');
    const job = await claim(bench.store.jobs, 1);
    const parked = { type: 'cancelled', at: 2 } as const;
    await bench.store.jobs.advance(job!.jobId, parked, { fence: fenceOf(job!) });
    expect((await claim(bench.store.jobs, 3))?.jobId).toBe(second.jobId);
  });

  test('is not held up by a proven job that is due, for a process that only pushes and proves', async () => {
    const bench = await newBench();
    const journey = await Journey.begin(bench, LANE);
    for (const event of wayTo('cleanup_eligible.waiting')) await journey.take(event);
    const { due_at: due } = bench.row(journey.jobId);
    const second = await bench.add(LANE, 'Run_2', due! + 1);
    expect((await claim(bench.store.jobs, due! + 2, { unprovenOnly: true }))?.jobId).toBe(second.jobId);
  });
});

describe('a claim', () => {
  test('says whose the job is, at which revision, and that it is at work', async () => {
    const bench = await newBench();
    const { jobId, revision } = await bench.add(LANE, 'Run_1');
    expect(await claim(bench.store.jobs, 5)).toMatchObject({
      jobId,
      state: 'running',
      leaseOwner: 'worker-1',
      revision: revision + 1,
      context: { lastAttemptAt: 5, dueAt: null },
    });
    expect(await bench.store.jobs.leasedTo('worker-1')).toEqual(new Map([[jobId, revision + 1]]));
  });

  test('takes the job that is due longest, and of two the older', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'late', 30);
    const older = await bench.add(LANE, 'older', 10);
    await bench.add(LANE, 'younger', 10);
    expect((await claim(bench.store.jobs, 40))?.jobId).toBe(older.jobId);
  });

  test('takes nothing before its time', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1', 10);
    expect(await claim(bench.store.jobs, 9)).toBeNull();
    expect(await claim(bench.store.jobs, 10)).not.toBeNull();
  });

  test('keeps to the jobs that it was restricted to', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1', 1);
    const own = await bench.add(LANE, 'Run_2', 2);
    expect(await claim(bench.store.jobs, 9, { only: new Set() })).toBeNull();
    expect((await claim(bench.store.jobs, 9, { only: new Set([own.jobId]) }))?.jobId).toBe(own.jobId);
  });

  test('takes the preferred job first, if it is due', async () => {
    const bench = await newBench();
    await bench.add(LANE, 'Run_1', 1);
    const preferred = await bench.add(LANE, 'Run_2', 2);
    expect((await claim(bench.store.jobs, 9, { prefer: preferred.jobId }))?.jobId).toBe(preferred.jobId);
  });

  test('takes another where the preferred one is not due yet, or belongs to another lane', async () => {
    const bench = await newBench();
    const due = await bench.add(LANE, 'Run_1', 1);
    const early = await bench.add(LANE, 'Run_2', 99);
    expect((await claim(bench.store.jobs, 9, { prefer: early.jobId }))?.jobId).toBe(due.jobId);
    const foreign = await bench.add('SCOPE_02', 'Run_1', 1);
    expect(await claim(bench.store.jobs, 9, { prefer: foreign.jobId })).toBeNull();
  });
});

test('the next due time is that of the job that would be claimed next; a job at work has none', async () => {
  const bench = await newBench();
  const { jobs } = bench.store;
  expect(await jobs.nextDue(LANE)).toBeNull();
  const late = await bench.add(LANE, 'late', 30);
  await bench.add(LANE, 'soon', 10);
  expect(await jobs.nextDue(LANE)).toBe(10);
  expect(await jobs.nextDue(LANE, { only: new Set([late.jobId]) })).toBe(30);
  await claim(jobs, 20);
  expect(await jobs.nextDue(LANE)).toBe(30);
});

test('a job that is deleting has an owner, so that its crash is noticed', async () => {
  const bench = await newBench();
  const journey = await Journey.begin(bench, LANE);
  for (const event of wayTo('cleanup_eligible.deleting')) await journey.take(event);
  expect(bench.row(journey.jobId).lease_owner).not.toBeNull();
});
