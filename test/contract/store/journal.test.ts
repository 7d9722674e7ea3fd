import { describe, expect, test } from 'vitest';
import { Journey } from '../../model/journey.js';
import { wayTo } from '../../model/samples.js';
import { newBench } from './bench.js';

describe('the journal', () => {
  test('begins with how the job came about', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add('LANE', 'Run_1', 7);
    expect(await bench.store.jobs.journal(jobId)).toEqual([
      { seq: 1, jobId, at: 7, event: 'enqueued', from: 'none', to: 'queued', detail: { at: 7 } },
    ]);
  });

  test('keeps who did it and why', async () => {
    const bench = await newBench();
    const { jobId } = await bench.add('LANE', 'Run_1');
    await bench.store.jobs.advance(jobId, { type: 'cancelled', at: 8, by: 'ada', reason: 'wrong run' });
    expect((await bench.store.jobs.journal(jobId)).at(-1)).toMatchObject({
      event: 'cancelled',
      from: 'queued',
      to: 'failed',
      detail: { at: 8, by: 'ada', reason: 'wrong run' },
    });
  });

  test('is read on from any entry, oldest first and in portions', async () => {
    const bench = await newBench();
    const journey = await Journey.begin(bench, 'LANE');
    for (const event of wayTo('verified')) await journey.take(event);
    const { jobs } = bench.store;
    const all = await jobs.journalAfter(0);
    expect(all.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    expect(await jobs.journalAfter(3, 1)).toEqual(all.slice(3, 4));
    expect(await jobs.lastSeq()).toBe(5);
    expect(await jobs.journalAfter(await jobs.lastSeq())).toEqual([]);
  });

  test('has an end of 0 while it is empty', async () => {
    expect(await (await newBench()).store.jobs.lastSeq()).toBe(0);
  });
});

describe('the record on disk', () => {
  test('is owed from the moment a job is there, until it was written', async () => {
    const bench = await newBench();
    const job = await bench.add('LANE', 'Run_1');
    expect(await bench.store.jobs.owingRecords()).toEqual([job]);
    await bench.store.jobs.settleRecord(job);
    expect(await bench.store.jobs.owingRecords()).toEqual([]);
  });

  test.each(['queued', 'verified', 'cleaned', 'failed'] as const)('is owed when the job becomes %s', async (place) => {
    const bench = await newBench();
    const journey = await Journey.begin(bench, 'LANE');
    const way =
      place === 'queued' ? [...wayTo('verified'), { type: 'run.changed', at: 9e9, reason: '' } as const] : wayTo(place);
    for (const event of way) {
      await bench.store.jobs.settleRecord((await bench.store.jobs.find(journey.jobId))!);
      await journey.take(event);
    }
    expect(await bench.store.jobs.owingRecords()).toMatchObject([{ jobId: journey.jobId, state: place }]);
  });

  test.each(['running', 'awaiting_verify.waiting', 'awaiting_verify.verifying', 'cleanup_eligible.waiting'] as const)(
    'has nothing new to say when the job comes to be %s',
    async (place) => {
      const bench = await newBench();
      const journey = await Journey.begin(bench, 'LANE');
      for (const event of wayTo(place)) {
        await bench.store.jobs.settleRecord((await bench.store.jobs.find(journey.jobId))!);
        await journey.take(event);
      }
      expect(await bench.store.jobs.owingRecords()).toEqual([]);
    },
  );

  test('is still owed when the job moved on while it was written', async () => {
    const bench = await newBench();
    const job = await bench.add('LANE', 'Run_1');
    await bench.store.jobs.advance(job.jobId, { type: 'cancelled', at: 1 });
    await bench.store.jobs.settleRecord(job);
    expect(await bench.store.jobs.owingRecords()).toMatchObject([{ state: 'failed' }]);
  });

  test('is owed again when an older text was written last, by whomever', async () => {
    const bench = await newBench();
    const old = await bench.add('LANE', 'Run_1');
    const { job: now } = await bench.store.jobs.advance(old.jobId, { type: 'cancelled', at: 1 });
    await bench.store.jobs.settleRecord(now);
    expect(await bench.store.jobs.owingRecords()).toEqual([]);
    await bench.store.jobs.settleRecord(old);
    expect(await bench.store.jobs.owingRecords()).toMatchObject([{ state: 'failed' }]);
  });
});

describe('a run', () => {
  test('has one job, found by its path or its id; a second enqueue gives back the first', async () => {
    const bench = await newBench();
    const request = {
      runPath: '/data/1',
      equipmentId: 'LANE',
      targetPlace: 'nas',
      targetPath: 'one',
      nasPath: '/nas/one',
      at: 1,
    };
    const first = await bench.store.jobs.add(request);
    const second = await bench.store.jobs.add({ ...request, at: 2, targetPath: 'other' });
    expect(first.created).toBe(true);
    expect(second).toEqual({ created: false, job: first.job });
    expect(await bench.store.jobs.find('/data/1')).toEqual(first.job);
    expect(await bench.store.jobs.find(first.job.jobId)).toEqual(first.job);
    expect(await bench.store.jobs.find('/data/2')).toBeNull();
  });

  test('is listed by path, id, state and equipment, in the order in which the jobs came', async () => {
    const bench = await newBench();
    const a = await bench.add('LANE_1', 'Run_1');
    const b = await bench.add('LANE_2', 'Run_1');
    await bench.store.jobs.advance(b.jobId, { type: 'cancelled', at: 1 });
    const listed = async (filter: Parameters<typeof bench.store.jobs.list>[0]) =>
      (await bench.store.jobs.list(filter)).map(({ jobId }) => jobId);
    expect(await listed({})).toEqual([a.jobId, b.jobId]);
    expect(await listed({ states: ['failed'] })).toEqual([b.jobId]);
    expect(await listed({ equipmentIds: ['LANE_1'], states: ['queued', 'failed'] })).toEqual([a.jobId]);
    expect(await listed({ runPaths: [a.runPath, b.runPath], jobIds: [b.jobId] })).toEqual([b.jobId]);
    expect(await listed({ jobIds: [] })).toEqual([]);
  });
});
