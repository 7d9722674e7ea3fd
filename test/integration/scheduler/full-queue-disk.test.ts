import { statfsSync, unlinkSync, writeFileSync } from 'node:fs';
import SqliteDatabase from 'better-sqlite3';
import type { Transport } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { expect, onTestFinished, vi } from 'vitest';
import { enqueueRun } from '#dist/client/enqueue.js';
import { openEngine } from '#dist/client/open-engine.js';
import { EventBus } from '#dist/events.js';
import { Scheduler } from '#dist/scheduler/scheduler.js';
import { MountTransport } from '#dist/transports/mount/mount-transport.js';
import { broken } from '../../contract/transports/broken.js';
import { EQUIPMENT, Lab, type Tree } from '../../support/lab.js';
import { itMounts, mountTmpfs } from '../mount/mounts.js';

const LEASE_MS = 60_000;
const WAIT = { timeout: 10_000, interval: 10 };

/** A scheduler whose queue is on a file system of its own, at a push that ends when it is told to. */
async function heldPush() {
  const lab = new Lab();
  const disk = await mountTmpfs(lab, lab.at('disk'), '4m');
  const errors: unknown[] = [];
  const onError = (error: unknown): void => void errors.push(error);
  process.on('unhandledRejection', onError);
  let reach = (): void => undefined;
  let end = (): void => undefined;
  const reached = new Promise<void>((resolve) => (reach = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  const real = new MountTransport({ path: lab.nas, timeoutSeconds: 10 });
  const push: Transport['push'] = async (request) => {
    const result = await real.push(request);
    reach();
    await ended;
    return result;
  };
  const logged: string[] = [];
  const log = (...[, text]: [object, string]): void => void logged.push(text);
  const clock = new SimulatedClock();
  const engine = await openEngine(
    {
      config: lab.config,
      database: `${disk}/queue.db`,
      transports: { [EQUIPMENT]: broken(real, { push }) },
      clock,
      logger: { debug: log, info: log, warn: log, error: log },
    },
    new EventBus(),
  );
  const scheduler = new Scheduler(engine, { only: null, unprovenOnly: true });
  onTestFinished(async () => {
    process.off('unhandledRejection', onError);
    await scheduler.close(0);
    await Promise.all([real.close(), engine.pool.close()]);
    await engine.store.close();
  });
  const enqueue = async (tree: Tree, name: string): Promise<string> => {
    const { job } = await enqueueRun(engine, engine.validator, await lab.makeRun(tree, name));
    scheduler.wake();
    return job!.jobId;
  };
  await scheduler.start();
  const jobId = await enqueue({ 'a.txt': 'a' }, 'Run_1');
  await reached;
  const pass = (ms: number): Promise<void> => clock.advance(ms, () => scheduler.idle());
  const state = async (id: string) => (await engine.store.jobs.find(id))!;
  return { disk, jobs: engine.store.jobs, clock, enqueue, jobId, end: () => end(), errors, logged, pass, state };
}

/** No byte fits on the disk of the queue any more. While somebody reads, its log cannot start anew from the beginning. */
function fillUp(disk: string): { makeRoom: () => void } {
  const reader = new SqliteDatabase(`${disk}/queue.db`);
  onTestFinished(() => void reader.close());
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM jobs').get();
  const { bavail, bsize } = statfsSync(disk);
  writeFileSync(`${disk}/filler`, Buffer.alloc(bavail * bsize));
  return {
    makeRoom: () => {
      unlinkSync(`${disk}/filler`);
      reader.close();
    },
  };
}

itMounts('a lease that is lost while the disk of the queue is full does not end the process', async () => {
  const { disk, jobs, clock, enqueue, jobId, end, errors, logged, pass, state } = await heldPush();
  // Not by the client: that would tell the work here at once.
  await jobs.advance(jobId, { type: 'cancelled', at: clock.now() });
  const { makeRoom } = fillUp(disk);
  end();
  await vi.waitFor(() => expect(logged).toContain('the lease could not be given back'), WAIT);
  await pass(LEASE_MS);
  expect(logged).toContain('the heartbeat failed');
  expect(errors).toEqual([]);

  makeRoom();
  await pass(LEASE_MS);

  expect(await state(jobId)).toMatchObject({ state: 'failed', leaseOwner: null });
  const other = await enqueue({ 'b.txt': 'b' }, 'Run_2');
  await pass(LEASE_MS);
  expect(await state(other)).toMatchObject({ state: 'verified' });
  expect(errors).toEqual([]);
});

itMounts('a result that finds no room on the disk of the queue is worked out again once there is some', async () => {
  const { disk, jobId, end, errors, logged, pass, state } = await heldPush();
  const { makeRoom } = fillUp(disk);
  end();
  await vi.waitFor(() => expect(logged).toContain('the result of the work could not be stored'), WAIT);
  await pass(LEASE_MS);
  expect((await state(jobId)).state).toBe('running');

  makeRoom();
  await pass(2 * LEASE_MS);

  expect(await state(jobId)).toMatchObject({ state: 'verified' });
  expect(errors).toEqual([]);
});
