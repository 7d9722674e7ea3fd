import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

const YEARS_MS = 10 * 365 * 86_400_000;

let lab: MemoryLab;
beforeEach(async () => {
  lab = await MemoryLab.open();
});
afterEach(() => lab.close());

describe('a wall clock that is set back', () => {
  it('does not keep a lane closed until the old date comes again', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').goAway();
    const { runPath } = await client.enqueue(await lab.run('Run_1'));
    await client.idle();
    lab.clock.jump(-YEARS_MS);
    lab.nasOf('SCOPE').comeBack();
    await lab.pass(client, { seconds: 120 });
    expect(await client.status(runPath)).toBe('verified');
  });

  it('does not leave a job that was queued before due in years', async () => {
    const asking = await lab.client({ drive: 'none' });
    const { runPath } = await asking.enqueue(await lab.run('Run_1'));
    lab.clock.jump(-YEARS_MS);
    const client = await lab.client();
    await lab.pass(client, { seconds: 60 });
    expect(await client.status(runPath)).toBe('verified');
  });
});

describe('a wall clock that was ahead while runs were queued or put off, and was put right', () => {
  it('leaves a queued run due at the next start, without any beat', async () => {
    const asking = await lab.client({ drive: 'none' });
    const { runPath } = await asking.enqueue(await lab.run('Run_1'));
    lab.clock.jump(-YEARS_MS);
    const client = await lab.client();
    await client.idle();
    expect(await client.status(runPath)).toBe('verified');
  });

  it('leaves a run whose push failed due for whoever syncs it', async () => {
    const first = await lab.client();
    lab.nasOf('SCOPE').goAway();
    const { runPath, jobId } = await first.enqueue(await lab.run('Run_1'));
    await first.idle();
    await first.close();
    lab.clock.jump(-YEARS_MS);
    lab.nasOf('SCOPE').comeBack();
    const client = await lab.client({ drive: 'own', letGo: false });
    await client.enqueue(runPath);
    const [view] = await client.settled([jobId], {});
    expect(view).toMatchObject({ state: 'verified' });
  });

  it('lets a person retry a run that waits for the wrong date', async () => {
    const asking = await lab.client({ drive: 'none' });
    const { jobId } = await asking.enqueue(await lab.run('Run_1'));
    lab.clock.jump(-YEARS_MS);
    const view = await asking.retry(jobId);
    expect(view).toMatchObject({ state: 'queued', waitingFor: [] });
    expect(Date.parse(view.nextAttemptAt!)).toBe(lab.clock.now());
    await expect(asking.retry(jobId)).rejects.toMatchObject({ code: 'not_allowed' });
  });

  it('lets a run that is enqueued again be due', async () => {
    const asking = await lab.client({ drive: 'none' });
    const { runPath, jobId } = await asking.enqueue(await lab.run('Run_1'));
    lab.clock.jump(-YEARS_MS);
    await asking.enqueue(runPath);
    expect(Date.parse((await asking.job(jobId))!.nextAttemptAt!)).toBe(lab.clock.now());
  });

  it('leaves a proven run that waits for its next pass due for it', async () => {
    const first = await lab.client();
    const { runPath, jobId } = await first.enqueue(await lab.run('Run_1'));
    await first.waitFor(runPath, 'verified');
    await first.idle();
    await first.close();
    lab.clock.jump(-YEARS_MS);
    const client = await lab.client();
    await client.idle();
    const day = 86_400_000;
    expect(Date.parse((await client.job(jobId))!.nextAttemptAt!)).toBeLessThan(lab.clock.now() + 2 * day);
  });
});

describe('a wall clock that is set forward', () => {
  it('takes no lease from a process that is alive', async () => {
    const first = await lab.client();
    const nas = lab.nasOf('SCOPE');
    const release = nas.hold('push');
    const { runPath, jobId } = await first.enqueue(await lab.run('Run_1'));
    await nas.reached('push');
    lab.clock.jump(YEARS_MS);
    const second = await lab.client();
    await second.idle();
    expect((await second.history(jobId)).map((entry) => entry.event)).not.toContain('interrupted');
    release();
    await first.waitFor(runPath, 'verified');
  });
});
