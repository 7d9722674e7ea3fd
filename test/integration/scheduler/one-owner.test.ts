import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
beforeEach(async () => {
  lab = await MemoryLab.open(['A', 'B']);
});
afterEach(() => lab.close());

describe('a job that is cancelled while it is worked on', () => {
  it('ends its work, and is not worked on by anybody before that has really ended', async () => {
    const client = await lab.client();
    const nas = lab.nasOf('A');
    const release = nas.hold('push');
    const { jobId, runPath } = await client.enqueue(await lab.run('Run_1', { equipmentId: 'A' }));
    await nas.reached('push');
    await client.cancel(jobId);
    await client.retry(jobId);
    const another = await lab.client();
    await another.idle();
    expect(await client.status(runPath)).toBe('queued');
    expect(nas.calls.push).toBe(1);
    release();
    await client.waitFor(runPath, 'verified');
    expect(nas.calls.push).toBe(2);
  });

  it('says who did it and why', async () => {
    const client = await lab.client({ drive: 'none' });
    const { jobId } = await client.enqueue(await lab.run('Run_1', { equipmentId: 'A' }));
    await client.cancel(jobId, { by: 'ada', reason: 'wrong run' });
    expect((await client.history(jobId)).at(-1)).toMatchObject({
      event: 'cancelled',
      detail: { by: 'ada', reason: 'wrong run' },
    });
  });
});

describe('a result that could not be stored', () => {
  it('does not hold up its lane: the job is taken back and goes on once the store can be written', async () => {
    const client = await lab.client();
    const nas = lab.nasOf('A');
    const release = nas.hold('push');
    const { jobId, runPath } = await client.enqueue(await lab.run('Run_1', { equipmentId: 'A' }));
    await nas.reached('push');
    const hand = new SqliteDatabase(lab.database);
    hand.exec(
      `CREATE TRIGGER full_disk BEFORE INSERT ON journal WHEN NEW.event = 'push.succeeded'
       BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`,
    );
    release();
    await client.idle();
    expect(await client.status(runPath)).toBe('running');
    hand.exec('DROP TRIGGER full_disk');
    hand.close();
    await lab.pass(client, { seconds: 90 });
    expect(await client.status(runPath)).toBe('verified');
    expect((await client.history(jobId)).map((entry) => entry.event)).toContain('interrupted');
  });
});

describe('two runs', () => {
  it('never share a place on the NAS: the one that comes second is refused, naming the first', async () => {
    const shared = lab.nasOf('A');
    const client = await lab.client({ transports: { A: shared, B: shared } });
    const first = await client.enqueue(await lab.run('Run_1', { equipmentId: 'A' }));
    await client.idle();
    const before = new Map(shared.files);
    const second = await lab.run('Run_1', { equipmentId: 'B', files: { 'data.bin': 'other' } });
    await expect(client.enqueue(second)).rejects.toMatchObject({
      code: 'target_conflict',
      message: expect.stringContaining(first.runPath) as string,
    });
    expect(shared.files).toEqual(before);
  });

  it('are not one inside the other', async () => {
    const client = await lab.client({ drive: 'none' });
    await client.enqueue(await lab.run('Run_1', { equipmentId: 'A' }));
    await expect(client.enqueue(await lab.run('Run_1/inner', { equipmentId: 'A' }))).rejects.toMatchObject({
      code: 'target_conflict',
    });
  });
});

describe('two clients in one process', () => {
  it('work on one queue side by side', async () => {
    const [one, other] = [await lab.client(), await lab.client()];
    const handles = [];
    for (let index = 0; index < 20; index += 1) {
      const client = index % 2 === 0 ? one : other;
      handles.push(await client.enqueue(await lab.run(`Run_${index}`, { equipmentId: index % 3 === 0 ? 'A' : 'B' })));
    }
    const jobs = await one.settled(
      handles.map((handle) => handle.jobId),
      { patient: true },
    );
    expect(jobs.map((job) => job.state)).toEqual(Array(20).fill('verified'));
  });
});
