import { NasSyncError } from 'nas-sync';
import { afterEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
afterEach(() => lab.close());

describe('lanes', () => {
  it('do not wait for each other: a NAS that is down holds up its own equipment only', async () => {
    lab = await MemoryLab.open(['DOWN', 'UP']);
    lab.nasOf('DOWN').goAway();
    const client = await lab.client();
    const down = await client.enqueue(await lab.run('Run_1', { equipmentId: 'DOWN' }));
    const up = await client.enqueue(await lab.run('Run_2', { equipmentId: 'UP' }));
    await client.idle();
    expect([await client.status(down.runPath), await client.status(up.runPath)]).toEqual(['queued', 'verified']);
    expect(client.live.getSnapshot().context.lanes).toMatchObject({
      DOWN: { state: 'closed', because: 'memory:DOWN does not answer' },
      UP: { state: 'idle', because: null },
    });
  });

  it('take turns when there are more of them than may work at once', async () => {
    lab = await MemoryLab.open(['A', 'B']);
    const waiting = await lab.client({ drive: 'none' });
    for (const run of ['Run_1', 'Run_2', 'Run_3']) await waiting.enqueue(await lab.run(run, { equipmentId: 'A' }));
    await waiting.enqueue(await lab.run('Run_9', { equipmentId: 'B' }));
    const client = await lab.client({ scheduler: { maxLanes: 1 } });
    await client.idle();
    const verified = await lab.verifiedInOrder(client);
    expect(verified.indexOf('Run_9')).toBeLessThan(2);
    expect(verified).toHaveLength(4);
  });

  it('bring one run to its end before the next one is begun', async () => {
    lab = await MemoryLab.open();
    const waiting = await lab.client({ drive: 'none' });
    for (const run of ['Run_1', 'Run_2']) await waiting.enqueue(await lab.run(run));
    const client = await lab.client();
    await client.idle();
    expect(await lab.journalPlaces(client)).toEqual([
      'Run_1 running',
      'Run_1 awaiting_verify.waiting',
      'Run_1 awaiting_verify.verifying',
      'Run_1 verified',
      'Run_2 running',
      'Run_2 awaiting_verify.waiting',
      'Run_2 awaiting_verify.verifying',
      'Run_2 verified',
    ]);
  });

  it('go on with the next run when one fails', async () => {
    lab = await MemoryLab.open();
    lab.nasOf('SCOPE').failNext('push', new NasSyncError('auth', 'permission denied'));
    const client = await lab.client();
    const bad = await client.enqueue(await lab.run('Run_1'));
    const good = await client.enqueue(await lab.run('Run_2'));
    await client.idle();
    expect([await client.status(bad.runPath), await client.status(good.runPath)]).toEqual(['failed', 'verified']);
  });
});

describe('an idle scheduler', () => {
  it('does nothing but keep its lease: no timer looks through the queue', async () => {
    lab = await MemoryLab.open();
    const client = await lab.client();
    await client.enqueue(await lab.run('Run_1'));
    await client.idle();
    const before = { ...lab.nasOf('SCOPE').calls };
    await lab.pass(client, { hours: 23 });
    expect(lab.nasOf('SCOPE').calls).toEqual(before);
    expect(await lab.journalPlaces(client)).toHaveLength(4);
  });
});
