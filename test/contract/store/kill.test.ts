import { describe, expect, onTestFinished, test } from 'vitest';
import type { JobEvent } from '#dist/machines/job-types.js';
import { dehydrate, replay } from '#dist/machines/restore.js';
import { openStore, type Store } from '#dist/persistence/store.js';
import { fenceOf, newBench, type Bench } from './bench.js';
import { built, child, dyingAtStatement, opening } from './child.js';
import { statementsOf } from './statements.js';

/** The store as the next process finds it. */
async function reopened(bench: Bench): Promise<Store> {
  const store = await openStore(bench.file);
  onTestFinished(() => store.close());
  expect(bench.all('PRAGMA integrity_check')).toEqual([{ integrity_check: 'ok' }]);
  return store;
}

/** Every step is there with its line in the journal, or neither is. */
async function isWhole(bench: Bench, store: Store): Promise<void> {
  for (const job of await store.jobs.list()) {
    const [enqueued, ...entries] = await store.jobs.journal(job.jobId);
    const events = entries.map(({ event, detail }) => ({ type: event, ...detail }) as JobEvent);
    expect(dehydrate(replay({ at: enqueued!.at }, events)).snapshot).toBe(bench.row(job.jobId).snapshot);
    expect(job.revision).toBe(1 + entries.length);
    expect(job.leaseOwner).toBe(job.state === 'running' ? 'worker-1' : null);
  }
}

/** Three steps of a job; the child prints the revision that each of them was told to have. */
const lifeOf = (run: string): string => `{
  const { job } = await store.jobs.add(
    { runPath: '/data/' + ${run}, equipmentId: 'LANE_' + ${run}, targetPlace: 'nas', targetPath: 'run ' + ${run}, nasPath: null, at: 1 });
  console.log(JSON.stringify([job.jobId, job.revision]));
  const claimed = (await store.jobs.claim({ equipmentId: 'LANE_' + ${run}, owner: 'worker-1', at: 2 })).job;
  console.log(JSON.stringify([claimed.jobId, claimed.revision]));
  const fence = { owner: 'worker-1', revision: claimed.revision };
  const parked = await store.jobs.advance(claimed.jobId, { type: 'cancelled', at: 3 }, { fence });
  console.log(JSON.stringify([parked.job.jobId, parked.job.revision]));
}`;
const toldBy = (lines: readonly string[]) => lines.map((line) => JSON.parse(line) as [string, number]);

describe('a process that is killed', () => {
  test('inside a transaction leaves what it had committed, nothing of the rest, and no lock', async () => {
    const bench = await newBench();
    const dying = child(`${opening(bench.file)}
      await store.jobs.add({ runPath: '/data/1', equipmentId: 'LANE', targetPlace: 'nas', targetPath: 'one', nasPath: null, at: 1 });
      const { openDatabase } = await import(${built('persistence/database.js')});
      const { db } = await openDatabase(${JSON.stringify(bench.file)});
      await db.transaction().execute(async (trx) => {
        await trx.updateTable('jobs').set({ state: 'cleaned', revision: 99 }).execute();
        await trx.deleteFrom('journal').execute();
        console.log('inside');
        await new Promise((resolve) => setTimeout(resolve, 60_000));
      });`);
    expect(await dying.nextLine()).toBe('inside');
    await dying.kill();

    const store = await reopened(bench);
    expect(await store.jobs.list()).toMatchObject([{ runPath: '/data/1', state: 'queued', revision: 1 }]);
    await isWhole(bench, store);
    expect((await store.jobs.claim({ equipmentId: 'LANE', owner: 'worker-2', at: 1 })).job).not.toBeNull();
  });

  test('before any one statement of a step has done the step whole or not at all', async () => {
    const bench = await newBench();
    const statements = await statementsOf(async () => {
      await bench.add('LANE', 'Run_1');
      const job = (await bench.store.jobs.claim({ equipmentId: 'LANE', owner: 'worker-1', at: 1 })).job;
      await bench.store.jobs.advance(job!.jobId, { type: 'cancelled', at: 2 }, { fence: fenceOf(job!) });
    });
    expect(statements.filter((text) => text === 'commit')).toHaveLength(3);

    const deaths = statements.map(async (_, index) => {
      const code = `${opening(bench.file)} ${dyingAtStatement(index + 1)} ${lifeOf(String(index))}`;
      return toldBy(await child(code).died());
    });
    const told = (await Promise.all(deaths)).flat();
    await isWhole(bench, await reopened(bench));
    for (const [jobId, revision] of told) expect(bench.row(jobId).revision).toBeGreaterThanOrEqual(revision);
  });

  test.each([1, 7, 20, 50])('at any moment after %i steps has each step that it was told of', async (steps) => {
    const bench = await newBench();
    const dying = child(`${opening(bench.file)} for (let run = 0; ; run += 1) ${lifeOf('run')}`);
    while (dying.lines.length < steps) await dying.nextLine();
    const told = toldBy(await dying.kill());

    const store = await reopened(bench);
    await isWhole(bench, store);
    for (const [jobId, revision] of told) expect(bench.row(jobId).revision).toBeGreaterThanOrEqual(revision);
    const [written] = bench.all<{ steps: number }>('SELECT count(*) AS steps FROM journal');
    expect([told.length, told.length + 1]).toContain(written!.steps);
  });
});
