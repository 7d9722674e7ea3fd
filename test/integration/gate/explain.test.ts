import { rm } from 'node:fs/promises';
import { NasSyncError, type NasSyncClient } from 'nas-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
beforeEach(async () => {
  lab = await MemoryLab.open();
});
afterEach(() => lab.close());

const asking = (): Promise<NasSyncClient> => lab.client({ drive: 'none' });

const INTERLOCKS = [
  ...['verify_passes', 'age', 'evidence', 'proof_fresh', 'no_revocation', 'gate', 'not_empty'],
  ...[
    'source_unchanged',
    'nothing_unproven',
    'folders_writable',
    'no_open_writers',
    'target_reachable',
    'seal_current',
    'target_present',
    'no_extra_files',
    'target_unchanged',
  ],
];

describe('a blocked run is explained', () => {
  it('by its findings, and for each class by what would let it pass', async () => {
    const client = await asking();
    const run = await lab.run('Run <x>');
    const explanation = await client.explain(run);
    expect(Object.keys(explanation).sort()).toEqual(['because', 'deletion', 'job', 'next']);
    expect(explanation).toMatchObject({
      job: {
        jobId: '',
        runPath: run,
        state: 'blocked',
        blockingFindings: [{ rule: 'unresolved_placeholder_token' }, {}],
      },
      because: expect.stringContaining('unresolved_placeholder_token, illegal_filesystem_character') as string,
      deletion: { allowed: false, interlocks: [] },
    });
    const command = `nas-sync override add '${run}' --class illegal_filesystem_character --reason 'WHY'`;
    expect(explanation.next).toEqual([
      { event: 'enqueued', possible: false, blockedBy: expect.stringMatching(/^unresolved.*--class unresolved/) },
      { event: 'enqueued', possible: false, blockedBy: expect.stringContaining(command) },
    ]);
  });

  it('without a command that could not help', async () => {
    const client = await asking();
    const run = await lab.run('Run_1');
    await rm(run, { recursive: true });
    await expect(client.explain(run)).rejects.toMatchObject({ code: 'run_not_found' });
    const bare = await lab.run('Run_2');
    await rm(`${bare}/.exlab-wizard`, { recursive: true });
    const { next } = await client.explain(bare);
    expect(next).toEqual([
      { event: 'enqueued', possible: false, blockedBy: expect.stringContaining('nas-sync adopt') as string },
    ]);
    expect(next[0]?.blockedBy).not.toContain('override');
  });
});

it('a run that nobody enqueued is explained as one that could be', async () => {
  const client = await asking();
  expect(await client.explain(await lab.run('Run_1'))).toMatchObject({
    job: { jobId: '', state: 'none', blockingFindings: [] },
    next: [{ event: 'enqueued', possible: true, blockedBy: null }],
  });
});

describe('a job is explained', () => {
  it('while it waits for its turn, by the events that its state knows', async () => {
    const client = await asking();
    const { jobId } = await client.enqueue(await lab.run('Run_1'));
    const explanation = await client.explain(jobId);
    expect(explanation).toMatchObject({
      job: await client.job(jobId),
      because: 'waits for its turn',
      next: [
        { event: 'claimed', possible: true, blockedBy: null },
        { event: 'cancelled', possible: true, blockedBy: null },
      ],
      deletion: { allowed: false },
    });
    const { interlocks } = explanation.deletion;
    expect(interlocks.map(({ name }) => name)).toEqual(INTERLOCKS);
    expect(interlocks.filter(({ ok, measured }) => ok || measured !== 'not proven yet')).toEqual([]);
  });

  it('while it backs off, by when it is due, and after what', async () => {
    const client = await lab.client();
    lab.nasOf('SCOPE').failNext('push', new NasSyncError('timeout', 'nothing moved'));
    const { jobId } = await client.enqueue(await lab.run('Run_1'));
    await client.idle();
    const { because, next } = await client.explain(jobId);
    expect(because).toMatch(/not before 2026-01-01T00:00:30.*after timeout/);
    expect(next[0]).toMatchObject({ event: 'claimed', possible: false, blockedBy: expect.any(String) as string });
  });

  it('once it is verified: by its next pass, and by what keeps it from deletion', async () => {
    const client = await lab.client();
    const { jobId } = await client.enqueue(await lab.run('Run_1'));
    await client.waitFor(jobId, 'verified');
    const { because, next, deletion } = await client.explain(jobId);
    expect(because).toBe('the NAS holds every byte; 1 of 2 passes; not before 2026-01-02T00:00:00.000Z');
    expect(next.map(({ event, possible }) => [event, possible])).toEqual([
      ['cleanup.scheduled', false],
      ['pass.due', false],
      ['run.changed', true],
      ['cancelled', true],
    ]);
    const unmet = deletion.interlocks.filter(({ ok }) => !ok);
    expect(unmet.map(({ name }) => name)).toEqual(['verify_passes', 'age']);
    expect(unmet[0]).toEqual({
      name: 'verify_passes',
      ok: false,
      measured: '1 of 2 passes',
      required: '2 passes',
      until: '2026-01-02T00:00:00.000Z',
      fix: 'the next pass comes by itself at 2026-01-02T00:00:00.000Z, while `nas-sync run` is at work',
    });
  });

  it('once it failed, by its error', async () => {
    const client = await asking();
    const { jobId } = await client.enqueue(await lab.run('Run_1'));
    await client.cancel(jobId, { by: 'ada', reason: 'wrong sample' });
    expect(await client.explain(jobId)).toMatchObject({
      because: expect.stringMatching(/^cancelled: .*wrong sample/) as string,
      next: [{ event: 'retried', possible: true }],
    });
  });

  it('by its path, though the folder is gone', async () => {
    const client = await asking();
    const run = await lab.run('Run_1');
    await client.enqueue(run);
    await rm(run, { recursive: true });
    expect(await client.explain(run)).toMatchObject({ job: { runPath: run, state: 'queued' } });
  });
});
