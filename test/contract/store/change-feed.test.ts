import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ChangeFeed } from '#dist/persistence/change-feed.js';
import { fenceOf, newBench, secondStore } from './bench.js';
import { child, opening } from './child.js';

const WITHIN = { timeout: 1_000, interval: 5 };
/** Long enough for a watch to have told, had there been anything. */
const QUIET_MS = 200;

describe('the feed of changes', () => {
  test('hears each commit of another process within a second', async () => {
    const bench = await newBench();
    const heard = vi.fn();
    bench.store.changes.subscribe(heard);
    const other = child(`${opening(bench.file)}
      for (let run = 0; run < 5; run += 1) {
        await new Promise((resolve) => setTimeout(resolve, 500));
        await store.jobs.add({ runPath: '/data/' + run, equipmentId: 'LANE', targetPlace: 'nas', targetPath: String(run), nasPath: null, at: 1 });
        console.log('committed');
      }`);
    for (let commit = 0; commit < 5; commit += 1) {
      heard.mockClear();
      await other.nextLine();
      await vi.waitFor(() => expect(heard).toHaveBeenCalled(), WITHIN);
    }
  });

  test('hears a process that commits without a pause, while it is still at it', async () => {
    const bench = await newBench();
    const heard = vi.fn();
    const other = child(`${opening(bench.file)}
      for (let beat = 0; ; beat += 1) {
        await store.workers.beat('other', beat);
        if (beat % 200 === 0) console.log('going on');
      }`);
    await other.nextLine();
    bench.store.changes.subscribe(heard);
    await vi.waitFor(() => expect(heard).toHaveBeenCalled(), WITHIN);
    await other.nextLine();
    await other.kill();
  });

  test('is silent about commits of its own', async () => {
    const bench = await newBench();
    const heard = vi.fn();
    bench.store.changes.subscribe(heard);
    for (let run = 0; run < 5; run += 1) await bench.add('LANE', `Run_${run}`);
    const job = (await bench.store.jobs.claim({ equipmentId: 'LANE', owner: 'worker-1', at: 1 })).job;
    await bench.store.jobs.advance(job!.jobId, { type: 'cancelled', at: 2 }, { fence: fenceOf(job!) });
    await sleep(QUIET_MS);
    bench.store.changes.check();
    expect(heard).not.toHaveBeenCalled();
  });

  test('is silent about what another process reads, or asks for in vain', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    await sleep(QUIET_MS);
    bench.store.changes.check();
    const heard = vi.fn();
    bench.store.changes.subscribe(heard);
    await elsewhere.jobs.list();
    expect((await elsewhere.jobs.claim({ equipmentId: 'LANE', owner: 'worker-2', at: 1 })).job).toBeNull();
    await sleep(QUIET_MS);
    bench.store.changes.check();
    expect(heard).not.toHaveBeenCalled();
  });

  test('tells every listener, and no more a listener that has left', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    const [stays, leaves] = [vi.fn(), vi.fn()];
    bench.store.changes.subscribe(stays);
    bench.store.changes.subscribe(leaves)();
    await elsewhere.workers.beat('worker-2', 1);
    await vi.waitFor(() => expect(stays).toHaveBeenCalled(), WITHIN);
    expect(leaves).not.toHaveBeenCalled();
  });

  test('without a watch looks by itself every few seconds, while anybody listens', () => {
    vi.useFakeTimers();
    onTestFinished(() => void vi.useRealTimers());
    let version = 1;
    const feed = new ChangeFeed('/nowhere/at/all/queue.sqlite', () => version);
    onTestFinished(() => feed.close());
    const heard = vi.fn();
    const leave = feed.subscribe(heard);
    vi.advanceTimersByTime(10_000);
    expect(heard).not.toHaveBeenCalled();
    version = 2;
    vi.advanceTimersByTime(3_000);
    expect(heard).toHaveBeenCalledOnce();
    leave();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that was closed still hears when it is asked to look', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    const heard = vi.fn();
    bench.store.changes.subscribe(heard);
    bench.store.changes.close();
    await elsewhere.workers.beat('worker-2', 1);
    await sleep(QUIET_MS);
    expect(heard).not.toHaveBeenCalled();
    bench.store.changes.check();
    expect(heard).toHaveBeenCalledOnce();
    bench.store.changes.check();
    expect(heard).toHaveBeenCalledOnce();
  });
});
