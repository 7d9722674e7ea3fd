import { describe, expect, test } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import type { Job } from '#dist/persistence/job.js';
import type { JobStore } from '#dist/persistence/job-store.js';
import { proofOf } from '../../model/journey.js';
import { fenceOf, newBench, secondStore, type Bench } from './bench.js';

const LANE = 'CONFOCAL_01';
const pushed: JobEvent = { type: 'push.succeeded', at: 2, files: 3, bytes: 4, copied: 3 };
const LEASE_LOST = { name: 'NasSyncError', code: 'lease_lost', retryable: true };

async function claimedJob(bench: Bench): Promise<Job> {
  await bench.add(LANE, 'Run_1');
  return (await claim(bench.store.jobs, 'worker-1', 1))!;
}
const claim = (jobs: JobStore, owner: string, at: number) =>
  jobs.claim({ equipmentId: LANE, owner, at }).then(({ job }) => job);

/** The write is refused, and leaves no trace. */
async function isRefused(bench: Bench, write: () => Promise<unknown>): Promise<void> {
  const before = bench.everything();
  await expect(write()).rejects.toMatchObject(LEASE_LOST);
  expect(bench.everything()).toEqual(before);
}

describe('the result of work', () => {
  test('is stored for the holder of the lease', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    const advanced = await bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) });
    expect(advanced).toMatchObject({ changed: true, from: 'running', to: 'awaiting_verify.waiting' });
  });

  test('ends the lease in the same commit', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    expect(bench.row(job.jobId).lease_owner).toBe('worker-1');
    await bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) });
    expect(bench.row(job.jobId).lease_owner).toBeNull();
    expect(await bench.store.jobs.leasedTo('worker-1')).toEqual(new Map());
  });

  test('of another owner is refused', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    const fence = { owner: 'worker-2', revision: job.revision };
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, pushed, { fence }));
  });

  test.each([-1, 1])('at a revision that is off by %i is refused', async (off) => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    const fence = { owner: 'worker-1', revision: job.revision + off };
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, pushed, { fence }));
  });

  test('is refused when it comes a second time', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    const report = () => bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) });
    await report();
    await isRefused(bench, report);
  });

  test('is refused once a person has cancelled the job', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    await bench.store.jobs.advance(job.jobId, { type: 'cancelled', at: 2 });
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) }));
  });

  test('is refused when the owner was taken for dead, even though another works on the job by now', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    const job = await claimedJob(bench);
    await elsewhere.workers.bury('worker-1', 2, 10);
    const taken = await claim(elsewhere.jobs, 'worker-2', 3);
    expect(taken?.jobId).toBe(job.jobId);
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) }));
    await elsewhere.jobs.advance(job.jobId, pushed, { fence: fenceOf(taken!) });
  });

  test('is refused to an owner of the same name that claimed the job once more', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    await bench.store.workers.bury('worker-1', 2, 10);
    await claim(bench.store.jobs, 'worker-1', 3);
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) }));
  });

  test('is refused for a job that is not there', async () => {
    const bench = await newBench();
    await isRefused(bench, () => bench.store.jobs.advance('no such job', pushed));
  });
});

describe('the proof of a pass', () => {
  const passed = (jobId: string): JobEvent => ({
    type: 'verify.succeeded',
    at: 4,
    proof: { proofId: `${jobId}/p`, evidence: 'read-back', files: 1, bytes: 4, expiresAt: 9, steadyAt: 3 },
    until: null,
    waitingFor: [],
  });

  async function verifyingJob(bench: Bench): Promise<Job> {
    const job = await claimedJob(bench);
    await bench.store.jobs.advance(job.jobId, pushed, { fence: fenceOf(job) });
    return (await claim(bench.store.jobs, 'worker-1', 3))!;
  }

  test('is stored with the step that it proves, and the row takes its figures', async () => {
    const bench = await newBench();
    const job = await verifyingJob(bench);
    const proof = proofOf(job.jobId, 'p');
    await bench.store.jobs.advance(job.jobId, passed(job.jobId), { fence: fenceOf(job), proof });
    expect(await bench.store.proofs.passes(job.jobId)).toMatchObject([{ proofId: `${job.jobId}/p`, fileCount: 1 }]);
    expect([...(await bench.store.proofs.provenFiles(job.jobId)).keys()]).toEqual(['a.tif']);
    expect(bench.row(job.jobId)).toMatchObject({ state: 'verified', files: 1, bytes: 4 });
  });

  test('of an owner that lost its lease is not stored either', async () => {
    const bench = await newBench();
    const job = await verifyingJob(bench);
    const stale = { owner: 'worker-1', revision: job.revision - 1 };
    const proof = proofOf(job.jobId, 'p');
    await isRefused(bench, () => bench.store.jobs.advance(job.jobId, passed(job.jobId), { fence: stale, proof }));
  });

  test('is not stored where the state does not know the event', async () => {
    const bench = await newBench();
    const job = await claimedJob(bench);
    const before = bench.everything();
    const proof = proofOf(job.jobId, 'p');
    const advanced = await bench.store.jobs.advance(job.jobId, passed(job.jobId), { fence: fenceOf(job), proof });
    expect(advanced.changed).toBe(false);
    expect(bench.everything()).toEqual(before);
  });

  test('and the step that it proves stand or fall together', async () => {
    const bench = await newBench();
    const job = await verifyingJob(bench);
    const before = bench.everything();
    const proof = { ...proofOf(job.jobId, 'p'), jobId: 'a job that is not there' };
    const write = bench.store.jobs.advance(job.jobId, passed(job.jobId), { fence: fenceOf(job), proof });
    await expect(write).rejects.toThrow(/FOREIGN KEY/);
    expect(bench.everything()).toEqual(before);
  });
});
