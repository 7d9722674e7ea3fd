import { NasSyncError } from 'nas-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
beforeEach(async () => {
  lab = await MemoryLab.open();
});
afterEach(() => lab.close());

const broken = new NasSyncError('unknown', 'the tool said something new');

describe('a transient failure', () => {
  it('is tried again after 30 s, 2 min, 8 min, 30 min and 2 h, and then is a person’s turn', async () => {
    const client = await lab.client();
    const nas = lab.nasOf('SCOPE');
    nas.failNext('push', broken, 6);
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await client.idle();

    const pushesAfter = async (seconds: number): Promise<number> => {
      await lab.pass(client, { seconds });
      return nas.calls.push;
    };
    expect(nas.calls.push).toBe(1);
    expect([await pushesAfter(29), await pushesAfter(1)]).toEqual([1, 2]);
    expect([await pushesAfter(119), await pushesAfter(1)]).toEqual([2, 3]);
    expect([await pushesAfter(479), await pushesAfter(1)]).toEqual([3, 4]);
    expect([await pushesAfter(1799), await pushesAfter(1)]).toEqual([4, 5]);
    expect([await pushesAfter(7199), await pushesAfter(1)]).toEqual([5, 6]);
    expect(await client.job(runPath)).toMatchObject({
      state: 'failed',
      attempts: 6,
      lastError: { kind: 'unknown', message: 'the tool said something new' },
    });
  });

  it('of the comparison repeats the comparison and not the push', async () => {
    const client = await lab.client();
    const nas = lab.nasOf('SCOPE');
    nas.failNext('hash', broken, 1);
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await lab.pass(client, { seconds: 30 });
    expect(await client.status(runPath)).toBe('verified');
    expect(nas.calls).toMatchObject({ push: 1, hash: 2 });
  });

  it('is forgotten once a pass succeeds', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').failNext('push', broken, 3);
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await lab.pass(client, { hours: 1 });
    expect(await client.job(runPath)).toMatchObject({ state: 'verified', attempts: 0, lastError: null });
  });
});

describe('a connection that is cut again and again', () => {
  const files = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`${index}.tif`, `content ${index}`]));

  it('burns no attempt while each push brings something new, and the run gets there', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').cutPushesAfter(1);
    const { runPath } = await client.enqueue(await lab.run('Run_1', { files }));
    await client.idle();

    expect(await client.job(runPath)).toMatchObject({
      state: 'queued',
      attempts: 0,
      lastError: null,
      waitingFor: [{ name: 'connection_holds', measured: 'memory:SCOPE: the connection was cut' }],
    });
    await lab.pass(client, { seconds: 13 * 30 });
    expect(await client.job(runPath)).toMatchObject({ state: 'verified', attempts: 0 });
  });

  it('burns one where nothing new has arrived', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').cutPushesAfter(0);
    const { runPath } = await client.enqueue(await lab.run('Run_1', { files }));
    await client.idle();

    expect(await client.job(runPath)).toMatchObject({ attempts: 1, lastError: { kind: 'network' } });
  });
});

describe('a NAS that is down over a weekend', () => {
  const scheduler = { leaseSeconds: 3600 };

  it('fails no job, burns no attempt, and needs nobody when it comes back', async () => {
    const client = await lab.client({ scheduler });
    const nas = lab.nasOf('SCOPE');
    nas.goAway();
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await lab.pass(client, { hours: 60 });
    expect(await client.job(runPath)).toMatchObject({
      state: 'queued',
      attempts: 0,
      lastError: null,
      waitingFor: [{ name: 'target_reachable', ok: false, measured: 'memory:SCOPE does not answer' }],
    });
    nas.comeBack();
    await lab.pass(client, { seconds: 300 });
    expect(await client.status(runPath)).toBe('verified');
  });

  it('is written into no journal again and again', async () => {
    const client = await lab.client({ scheduler });
    lab.nasOf('SCOPE').goAway();
    await client.enqueue(await lab.run('Run_1'));
    await client.enqueue(await lab.run('Run_2'));
    await lab.pass(client, { hours: 60 });
    expect(await lab.journalPlaces(client)).toEqual(['Run_1 running', 'Run_1 queued']);
  });

  it('is what every job of its lane says that it waits for', async () => {
    const client = await lab.client({ scheduler });
    lab.nasOf('SCOPE').goAway();
    await client.enqueue(await lab.run('Run_1'));
    await client.enqueue(await lab.run('Run_2'));
    await lab.pass(client, { hours: 1 });
    for (const job of await client.jobs()) expect(job.waitingFor).toMatchObject([{ name: 'target_reachable' }]);
  });

  it('that goes away in the middle of a push counts nothing either', async () => {
    const client = await lab.client({ scheduler });
    const nas = lab.nasOf('SCOPE');
    nas.failNext('push', new NasSyncError('network', 'the connection broke'));
    nas.goAwayAfter('push');
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await lab.pass(client, { hours: 60 });
    expect(await client.job(runPath)).toMatchObject({ state: 'queued', attempts: 0 });
  });
});

describe('what a person must fix', () => {
  it('fails at once, without a second try', async () => {
    const client = await lab.client();
    const nas = lab.nasOf('SCOPE');
    nas.failNext('push', new NasSyncError('auth', 'permission denied'));
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await lab.pass(client, { hours: 24 });
    expect(await client.job(runPath)).toMatchObject({ state: 'failed', lastError: { kind: 'auth' } });
    expect(nas.calls.push).toBe(1);
  });

  it('is re-armed by retry, and by enqueue with the same job', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').failNext('push', new NasSyncError('auth', 'permission denied'), 2);
    const first = await client.enqueue(await lab.run('Run_1'));
    await client.idle();
    const second = await client.enqueue(first.runPath);
    expect(second).toMatchObject({ jobId: first.jobId, state: 'queued' });
    await client.idle();
    await client.retry(first.jobId);
    await client.idle();
    expect(await client.status(first.runPath)).toBe('verified');
  });

  it('leaves `failed` in the run record, and `synced` after the fix', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').failNext('push', new NasSyncError('auth', 'permission denied'));
    const run = await lab.run('Run_1');
    const { jobId } = await client.enqueue(run);
    await client.idle();
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'failed' });
    await client.retry(jobId);
    await client.idle();
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'synced' });
  });
});
