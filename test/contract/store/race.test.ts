import { expect, test } from 'vitest';
import { newBench } from './bench.js';
import { child, opening } from './child.js';

const JOBS = 200;
const LANES = 5;
const PROCESSES = 4;
const laneOf = (index: number): string => `LANE_${index % LANES}`;

/** Claims from lane after lane until all are parked; prints each job that it was given. */
const claiming = (file: string, owner: string): string => `${opening(file)}
  const owner = ${JSON.stringify(owner)};
  const left = async () => (await store.jobs.counts()).some(({ state }) => state !== 'failed');
  while (await left()) {
    for (let lane = 0; lane < ${LANES}; lane += 1) {
      const job = (await store.jobs.claim({ equipmentId: 'LANE_' + lane, owner, at: Date.now() })).job;
      if (job === null) continue;
      console.log(job.jobId);
      const fence = { owner, revision: job.revision };
      await store.jobs.advance(job.jobId, { type: 'cancelled', at: Date.now() }, { fence });
    }
  }
  await store.close();`;

test(`${PROCESSES} processes that race for ${JOBS} jobs: each job is given to one of them, once`, async () => {
  const bench = await newBench();
  const jobs = await Promise.all(Array.from({ length: JOBS }, (_, index) => bench.add(laneOf(index), `Run_${index}`)));

  const workers = Array.from({ length: PROCESSES }, (_, index) => child(claiming(bench.file, `worker-${index}`)));
  const given = await Promise.all(workers.map((worker) => worker.ended()));

  expect(given.flat().sort()).toEqual(jobs.map(({ jobId }) => jobId).sort());
  // Else they did not race: one was done before the others had begun.
  expect(given.filter((own) => own.length > 0).length).toBeGreaterThan(1);
  const twice = bench.all("SELECT job_id FROM journal WHERE event = 'claimed' GROUP BY job_id HAVING count(*) <> 1");
  expect(twice).toEqual([]);
});

test('processes that enqueue the same runs at once make one job each', async () => {
  const bench = await newBench();
  const enqueuing = `${opening(bench.file)}
    for (let run = 0; run < 50; run += 1) {
      const request = { runPath: '/data/' + run, equipmentId: 'LANE', targetPlace: 'nas', targetPath: String(run), nasPath: null, at: 1 };
      const { job, created } = await store.jobs.add(request);
      console.log(JSON.stringify([job.jobId, created]));
    }
    await store.close();`;
  const answers = await Promise.all(Array.from({ length: 3 }, () => child(enqueuing).ended()));
  const told = answers.flat().map((line) => JSON.parse(line) as [string, boolean]);
  expect(told.filter(([, created]) => created)).toHaveLength(50);
  expect(new Set(told.map(([jobId]) => jobId)).size).toBe(50);
  expect(bench.all('SELECT * FROM jobs')).toHaveLength(50);
});
