import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentOf, JOB_KEYS, jobsOf, statesOf, TIME, Workplace } from './cli-workstation.js';

describe('status', () => {
  test('narrows by state, equipment and run', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', run);
    await lab.cli('enqueue', await lab.run('Run_2'));
    const paths = async (...args: string[]) =>
      jobsOf(await lab.cli('status', '--json', ...args)).map((job) => job.runPath);
    expect(await paths()).toHaveLength(2);
    expect(await paths('--state', 'verified')).toEqual([run]);
    expect(await paths('--equipment', 'SCOPE', run)).toEqual([run]);
    expect(await paths('--state', 'failed', run)).toEqual([]);
  });

  test('says on stderr that there are no jobs', async () => {
    const answer = await new Workplace().cli('status');
    expect(answer).toMatchObject({ exitCode: 0, stdout: '', stderr: expect.stringContaining('the queue is empty') });
  });

  test('finds a run whose folder is gone, by any spelling of its path', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('enqueue', run);
    rmSync(run, { recursive: true });
    expect(statesOf(await lab.cli('status', 'local/Run_1/', '--json'))).toEqual(['queued']);
  });
});

test('history answers with the job and its journal', async () => {
  const lab = new Workplace();
  const run = await lab.run('Run_1');
  await lab.cli('sync', run);
  const answer = documentOf(await lab.cli('history', run, '--json')) as { job: object; journal: { event: string }[] };
  expect(Object.keys(answer.job)).toEqual(JOB_KEYS);
  expect(answer.journal[0]).toEqual({
    seq: expect.any(Number),
    at: TIME,
    event: 'enqueued',
    from: 'none',
    to: 'queued',
    detail: expect.any(Object),
  });
  expect(answer.journal.map((entry) => entry.event)).toEqual([
    'enqueued',
    'claimed',
    'push.succeeded',
    'claimed',
    'verify.succeeded',
  ]);
});

describe('cancel and retry', () => {
  test('park a job and take it up again, with who and why in its history', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('enqueue', run);
    const cancelled = await lab.cli('cancel', run, '--operator', 'anna', '--reason', 'wrong sample', '--json');
    expect(jobsOf(cancelled)).toMatchObject([{ state: 'failed', lastError: { message: 'wrong sample' } }]);
    expect(statesOf(await lab.cli('retry', run, '--operator', 'ben', '--json'))).toEqual(['queued']);
    const { stdout } = await lab.cli('history', run);
    expect(stdout).toMatch(/cancelled .*by=anna {2}reason=wrong sample\n.*retried .*by=ben/);
  });

  test('take the id of a job, too', async () => {
    const lab = new Workplace();
    const [job] = jobsOf(await lab.cli('enqueue', await lab.run('Run_1'), '--json'));
    expect(statesOf(await lab.cli('cancel', job!.jobId, '--json'))).toEqual(['failed']);
  });

  test('retry --failed takes those that failed for the reason', async () => {
    const lab = new Workplace();
    const runs = [await lab.run('Run_1'), await lab.run('Run_2')];
    await lab.cli('enqueue', ...runs);
    await lab.cli('cancel', runs[0]!);
    rmSync(runs[1]!, { recursive: true });
    await lab.cli('run', '--once');
    const answer = await lab.cli('retry', '--failed', '--kind', 'cancelled', '--json');
    expect(jobsOf(answer)).toMatchObject([{ runPath: runs[0], state: 'queued' }]);
  });

  test('retry refuses a job that did not fail', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('enqueue', run);
    expect(await lab.cli('retry', run)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('is queued') });
  });
});

describe('verify', () => {
  test('answers for a good copy, and moves nothing', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', run);
    const answer = await lab.cli('verify', run, '--json');
    expect(answer.exitCode).toBe(0);
    const same = { ok: true, evidence: 'read-back', mismatched: [], missing: [], extra: [], files: 1, bytes: 4 };
    expect(documentOf(answer)).toEqual({ runPath: run, ...same });
    expect(statesOf(await lab.cli('status', '--json'))).toEqual(['verified']);
  });

  test('names every path that is damaged', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { a: 'a', b: 'b' });
    await lab.cli('sync', run);
    appendFileSync(join(lab.nas, 'Run_1/a'), 'rot');
    rmSync(join(lab.nas, 'Run_1/b'));
    mkdirSync(join(lab.nas, 'Run_1/c'));
    const answer = await lab.cli('verify', run, '--json');
    expect(answer.exitCode).toBe(4);
    expect(documentOf(answer)).toMatchObject({ ok: false, mismatched: ['a'], missing: ['b'], extra: ['c'] });
  });

  test('has damage healed by the next run', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('sync', run);
    appendFileSync(join(lab.nas, 'Run_1/data.bin'), 'rot');
    expect((await lab.cli('verify', run)).stderr).toContain('the next `nas-sync run` heals it');
    expect(statesOf(await lab.cli('run', '--once', '--json'))).toEqual(['verified']);
    expect((await lab.cli('verify', run)).exitCode).toBe(0);
  });
});
