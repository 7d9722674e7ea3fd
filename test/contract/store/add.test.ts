import { describe, expect, test } from 'vitest';
import { newBench, type Bench } from './bench.js';

const LANE = 'CONFOCAL_01';
const add = (bench: Bench, targetPath: string, targetPlace = 'mount:/nas') =>
  bench.store.jobs.add({
    runPath: `/data of ${targetPlace}/${targetPath}`,
    equipmentId: LANE,
    targetPlace,
    targetPath,
    nasPath: null,
    at: 1,
  });

describe('a run whose place on the NAS another run has', () => {
  test.each([
    ['the same', 'PROJ-1/Runs/Run_1'],
    ['one above', 'PROJ-1/Runs'],
    ['the top', 'PROJ-1'],
    ['one below', 'PROJ-1/Runs/Run_1/nested'],
    ['one far below', 'PROJ-1/Runs/Run_1/a/b/c'],
  ])('is refused, and says which two: %s', async (_, place) => {
    const bench = await newBench();
    await add(bench, 'PROJ-1/Runs/Run_1');
    const before = bench.everything();
    const [run] = [`/elsewhere/${place}`];
    const request = {
      runPath: run,
      equipmentId: LANE,
      targetPlace: 'mount:/nas',
      targetPath: place,
      nasPath: null,
      at: 1,
    };
    await expect(bench.store.jobs.add(request)).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringContaining(run) as string,
    });
    expect(bench.everything()).toEqual(before);
  });

  test('stays refused for as long as the queue knows the other, even cleaned or failed', async () => {
    const bench = await newBench();
    const { job } = await add(bench, 'Run_1');
    await bench.store.jobs.advance(job.jobId, { type: 'cancelled', at: 1 });
    await expect(add(bench, 'Run_1/nested')).rejects.toMatchObject({ code: 'target_conflict' });
  });
});

describe('a run is not refused', () => {
  test.each([
    'PROJ-1/Runs/Run_10',
    'PROJ-1/Runs/Run_',
    'PROJ-1/Runs/Run_1 ',
    'PROJ-2/Runs/Run_1',
    'Run_1',
    'PROJ-1/Runs/run_1',
  ])('because its place only looks like that of another: %s', async (place) => {
    const bench = await newBench();
    await add(bench, 'PROJ-1/Runs/Run_1');
    expect((await add(bench, place)).created).toBe(true);
  });

  test('because another target has a run of the same place', async () => {
    const bench = await newBench();
    await add(bench, 'Run_1');
    expect((await add(bench, 'Run_1', 'mount:/other')).created).toBe(true);
  });

  test('because it is in the queue itself: it is given its job', async () => {
    const bench = await newBench();
    const first = await add(bench, 'Run_1');
    expect(await add(bench, 'Run_1')).toEqual({ created: false, job: first.job });
  });
});

describe('names as people and instruments make them', () => {
  test.each(['%', '_', "it's", '100%/Run', 'a\\b', 'é', 'e\u0301', '0', '/', '\u{1f52c}', 'new\nline'])(
    'are kept byte for byte, and stand for themselves: %j',
    async (name) => {
      const bench = await newBench();
      await add(bench, 'Run_1');
      const { job } = await add(bench, `x${name}`);
      expect(await bench.store.jobs.find(job.jobId)).toMatchObject({ targetPath: `x${name}` });
      await expect(add(bench, `x${name}/below`)).rejects.toMatchObject({ code: 'target_conflict' });
    },
  );
});

test('more jobs than SQLite takes values can be asked for at once', async () => {
  const bench = await newBench();
  const { job } = await add(bench, 'Run_1');
  const many = [...Array.from({ length: 40_000 }, (_, index) => `job-${index}`), job.jobId];
  expect(await bench.store.jobs.list({ jobIds: many })).toHaveLength(1);
  expect(await bench.store.jobs.list({ runPaths: [...many, job.runPath] })).toHaveLength(1);
  expect(await bench.store.jobs.nextDue(LANE, { only: new Set(many) })).toBe(1);
  const claimed = (await bench.store.jobs.claim({ equipmentId: LANE, owner: 'w', at: 1, only: new Set(many) })).job;
  expect(claimed?.jobId).toBe(job.jobId);
});
