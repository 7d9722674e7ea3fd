import { execFile } from 'node:child_process';
import { hostname } from 'node:os';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { isGone } from '#dist/persistence/worker-store.js';
import { bootedPidNamespace } from '#dist/run/fs/processes.js';
import { newBench, type Bench } from './bench.js';
import { child, opening } from './child.js';

const LIMIT = 10;

async function twoJobsOf(bench: Bench, owner: string): Promise<string[]> {
  await bench.store.workers.beat(owner, 1_000);
  const jobIds: string[] = [];
  for (const lane of ['LANE_1', 'LANE_2']) {
    const { jobId } = await bench.add(lane, 'Run_1');
    await bench.store.jobs.claim({ equipmentId: lane, owner, at: 1 });
    jobIds.push(jobId);
  }
  return jobIds;
}

describe('burying a dead worker', () => {
  test('interrupts all its jobs, which are due at once and count it', async () => {
    const bench = await newBench();
    const jobIds = await twoJobsOf(bench, 'dead');
    const buried = await bench.store.workers.bury('dead', 50, LIMIT);
    expect(buried.map(({ job }) => job.jobId)).toEqual(jobIds);
    for (const jobId of jobIds) {
      expect(bench.row(jobId)).toMatchObject({ state: 'queued', lease_owner: null, due_at: 50, revision: 3 });
      const journal = await bench.store.jobs.journal(jobId);
      expect(journal.at(-1)).toMatchObject({ event: 'interrupted', at: 50, detail: { owner: 'dead', limit: LIMIT } });
      expect((await bench.store.jobs.find(jobId))?.context).toMatchObject({ interruptions: 1, attempts: 0 });
    }
  });

  test('removes its entry', async () => {
    const bench = await newBench();
    await bench.store.workers.beat('dead', 1_000);
    await bench.store.workers.bury('dead', 50, LIMIT);
    expect(await bench.store.workers.others('me')).toEqual([]);
  });

  test('leaves the jobs and entries of others alone', async () => {
    const bench = await newBench();
    await twoJobsOf(bench, 'alive');
    const before = bench.everything();
    expect(await bench.store.workers.bury('dead', 50, LIMIT)).toEqual([]);
    expect(bench.everything()).toEqual(before);
  });

  test('is one commit: no other process ever sees the half of it', async () => {
    const bench = await newBench();
    const jobIds = await twoJobsOf(bench, 'dead');
    bench.tamper(`CREATE TRIGGER the_second_breaks BEFORE UPDATE ON jobs
      WHEN OLD.job_id = '${jobIds[1]!}' BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`);
    const before = bench.everything();
    await expect(bench.store.workers.bury('dead', 50, LIMIT)).rejects.toThrow('the disk is full');
    expect(bench.everything()).toEqual(before);
  });

  test('by three processes at once counts one interruption', async () => {
    const bench = await newBench();
    const jobIds = await twoJobsOf(bench, 'dead');
    const burying = `${opening(bench.file)}
      await store.workers.bury('dead', 50, ${LIMIT});
      await store.close();`;
    await Promise.all([1, 2, 3].map(() => child(burying).ended()));
    for (const jobId of jobIds) expect((await bench.store.jobs.find(jobId))?.context?.interruptions).toBe(1);
  });

  test('parks a job whose workers died too often', async () => {
    const bench = await newBench();
    const [jobId] = await twoJobsOf(bench, 'dead');
    await bench.store.workers.bury('dead', 50, 1);
    expect(await bench.store.jobs.find(jobId!)).toMatchObject({
      state: 'failed',
      context: { lastError: { kind: 'crash_loop' } },
    });
  });

  test('counts no interruption of a job that was cancelled under its work, and frees it', async () => {
    const bench = await newBench();
    const [cancelled] = await twoJobsOf(bench, 'dead');
    await bench.store.jobs.advance(cancelled!, { type: 'cancelled', at: 2 });
    await bench.store.workers.bury('dead', 50, LIMIT);
    expect(bench.row(cancelled!)).toMatchObject({ state: 'failed', lease_owner: null });
    expect((await bench.store.jobs.find(cancelled!))?.context?.interruptions).toBe(0);
  });

  test('takes a lease from a job whose snapshot cannot be read, too', async () => {
    const bench = await newBench();
    const [broken, whole] = await twoJobsOf(bench, 'dead');
    bench.tamper("UPDATE jobs SET snapshot = '{' WHERE job_id = ?", broken);
    await bench.store.workers.bury('dead', 50, LIMIT);
    expect(bench.row(broken!)).toMatchObject({
      lease_owner: null,
      set_aside: expect.stringContaining('JSON') as string,
    });
    expect(bench.row(whole!)).toMatchObject({ state: 'queued', lease_owner: null, set_aside: null });
  });
});

describe('an owner of leases without an entry', () => {
  test('is found, so that somebody buries it', async () => {
    const bench = await newBench();
    await bench.add('LANE', 'Run_1');
    await bench.store.jobs.claim({ equipmentId: 'LANE', owner: 'nobody', at: 1 });
    expect(await bench.store.workers.unknownOwners()).toEqual(['nobody']);
    await bench.store.workers.beat('nobody', 1_000);
    expect(await bench.store.workers.unknownOwners()).toEqual([]);
  });
});

describe('whether a worker is gone', () => {
  const workerOf = async (bench: Bench) => (await bench.store.workers.others('me'))[0]!;

  test('is no while its process runs', async () => {
    const bench = await newBench();
    await bench.store.workers.beat('this process', 1_000);
    expect(isGone(await workerOf(bench))).toBe(false);
  });

  test('is yes once its process has ended, however it ended', async () => {
    const bench = await newBench();
    const worker = child(`${opening(bench.file)}
      await store.workers.beat('child', Date.now() + 60_000);
      console.log('beating');
      setTimeout(() => undefined, 60_000);`);
    await worker.nextLine();
    expect(isGone(await workerOf(bench))).toBe(false);
    await worker.kill();
    expect(isGone(await workerOf(bench))).toBe(true);
  });

  test.runIf(process.platform === 'linux')('is yes when another process has its number now', async () => {
    const bench = await newBench();
    await bench.store.workers.beat('this process', 1_000);
    const worker = await workerOf(bench);
    expect(isGone({ ...worker, incarnation: 'another boot:1' })).toBe(true);
    expect(isGone({ ...worker, incarnation: '' })).toBe(false);
  });

  test('is not known of a worker on another host', async () => {
    const here = { host: hostname(), namespace: bootedPidNamespace()! };
    const worker = { workerId: 'w', ...here, pid: 2 ** 22 + 1, incarnation: '', expiresAt: 0 };
    expect(isGone({ ...worker, host: `not-${hostname()}` })).toBe(false);
    expect(isGone(worker)).toBe(true);
  });

  test('is not known of a worker in another pid namespace, or of one that did not tell its own', async () => {
    const bench = await newBench();
    await bench.store.workers.beat('this process', 1_000);
    const worker = { ...(await workerOf(bench)), pid: 2 ** 22 + 1 };
    expect(isGone(worker)).toBe(true);
    expect(isGone({ ...worker, namespace: 'another boot:pid:[4026531836]' })).toBe(process.platform !== 'linux');
    expect(isGone({ ...worker, namespace: '' })).toBe(process.platform !== 'linux');
  });

  test.runIf(process.getuid?.() === 0)('is not known in a container that has the same host name', async () => {
    const bench = await newBench();
    await bench.store.workers.beat('this process', 1_000);
    const script = `${opening(bench.file)}
      const { isGone } = await import('#dist/persistence/worker-store.js');
      console.log((await store.workers.others('me')).map(isGone).join());
      await store.close();`;
    const inside = [...['--pid', '--fork', '--mount-proc'], process.execPath, '--input-type=module', '--eval', script];
    expect((await promisify(execFile)('unshare', inside)).stdout.trim()).toBe('false');
  });

  test.runIf(process.getuid?.() === 0)('is not known where /proc is that of another pid namespace', async () => {
    const script = `
      const { isGone } = await import('#dist/persistence/worker-store.js');
      const { bootedPidNamespace, incarnationOf, pidNamespace } = await import('#dist/run/fs/processes.js');
      const { readFileSync, readlinkSync } = await import('node:fs');
      const { hostname } = await import('node:os');
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      const dead = { workerId: 'w', host: hostname(), pid: 2 ** 22 + 1, incarnation: '', expiresAt: 0 };
      const namespaces = ['', boot + ':' + readlinkSync('/proc/self/ns/pid')];
      const gone = namespaces.map((namespace) => isGone({ ...dead, namespace }));
      console.log(JSON.stringify([...gone, incarnationOf(process.pid), pidNamespace(), bootedPidNamespace()]));`;
    const inside = ['--pid', '--fork', process.execPath, '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)('unshare', inside);
    expect(JSON.parse(stdout)).toEqual([false, false, null, null, null]);
  });
});
