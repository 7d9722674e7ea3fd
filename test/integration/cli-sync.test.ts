import { existsSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JOB_KEYS, jobsOf, statesOf, TIME, Workplace } from './cli-workstation.js';

describe('enqueue', () => {
  test('answers with queued jobs in the shape of the contract', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    const answer = await lab.cli('enqueue', run, '--json');
    expect(answer.exitCode).toBe(0);
    const [job] = jobsOf(answer);
    expect(Object.keys(job!)).toEqual(JOB_KEYS);
    expect(job).toMatchObject({ runPath: run, state: 'queued', enqueuedAt: TIME, nasPath: '//nas/lab/Run_1' });
  });

  test('moves no byte', async () => {
    const lab = new Workplace();
    await lab.cli('enqueue', await lab.run('Run_1'));
    expect(() => readFileSync(join(lab.nas, 'Run_1/data.bin'))).toThrow('ENOENT');
  });

  test('answers for a run that the gate refuses with its findings', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    symlinkSync('/etc/hostname', join(run, 'link'));
    const answer = await lab.cli('enqueue', run, '--json');
    expect(answer.exitCode).toBe(3);
    expect(jobsOf(answer)).toEqual([
      {
        jobId: '',
        runPath: run,
        state: 'blocked',
        blockingFindings: [
          { rule: 'unsupported_entry', tier: 'hard', subject: 'link', message: expect.any(String), overriddenBy: null },
        ],
      },
    ]);
  });

  test('goes on after a path that is no run, and says so', async () => {
    const lab = new Workplace();
    const answer = await lab.cli('enqueue', '/nowhere', await lab.run('Run_1'), '--json');
    expect(answer).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('/nowhere') });
    expect(statesOf(answer)).toEqual(['queued']);
  });

  test('takes two spellings of one run as one', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    expect(statesOf(await lab.cli('enqueue', run, 'local/../local/Run_1/', '--json'))).toEqual(['queued']);
  });
});

describe('sync', () => {
  test('brings runs to the NAS and proves them', async () => {
    const lab = new Workplace();
    const runs = [await lab.run('Run_1'), await lab.run('deeper/Run_2')];
    const answer = await lab.cli('sync', ...runs, '--json');
    expect(answer.exitCode).toBe(0);
    expect(jobsOf(answer)).toMatchObject(runs.map((runPath) => ({ runPath, state: 'verified', files: 1, bytes: 4 })));
    expect(readFileSync(join(lab.nas, 'deeper/Run_2/data.bin'), 'utf8')).toBe('data');
  });

  test('tells each transition on stderr, one a line', async () => {
    const lab = new Workplace();
    const { stderr } = await lab.cli('sync', await lab.run('Run_1'));
    expect(stderr.split('\n').map((line) => line.replace(/^\d\d:\d\d:\d\d /, ''))).toEqual([
      'Run_1  queued',
      'Run_1  queued → running',
      'Run_1  running → awaiting_verify.waiting',
      'Run_1  awaiting_verify.waiting → awaiting_verify.verifying',
      'Run_1  awaiting_verify.verifying → verified  (1 of 2 passes)',
    ]);
  });

  test('says nothing on stderr with --quiet', async () => {
    const lab = new Workplace();
    expect((await lab.cli('sync', await lab.run('Run_1'), '--quiet')).stderr).toBe('');
  });

  test('shows people a table without colours where there is no terminal', async () => {
    const lab = new Workplace();
    const { stdout } = await lab.cli('sync', await lab.run('Run_1'));
    expect(stdout).toMatch(/^ {2}STATE .*\n✔ verified {2}SCOPE .*Run_1$/);
  });

  test('syncs the others where the gate refuses one', async () => {
    const lab = new Workplace();
    const answer = await lab.cli('sync', lab.bareRun('Run_1'), await lab.run('Run_2'), '--json');
    expect(answer).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('nas-sync adopt') });
    expect(statesOf(answer)).toEqual(['blocked', 'verified']);
  });

  test('leaves at once where the NAS is away, and says why and when it goes on', async () => {
    const lab = new Workplace();
    rmSync(lab.nas, { recursive: true });
    const answer = await lab.cli('sync', await lab.run('Run_1'), '--json');
    expect(answer).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/is the share mounted.*\(in \d+[mh]\)/s),
    });
    expect(answer.stderr).toContain('`nas-sync run` goes on with it');
    expect(jobsOf(answer)).toMatchObject([{ state: 'queued', waitingFor: [{ name: 'target_reachable' }] }]);
  });

  test('waits with --wait until the NAS is back', async () => {
    const lab = new Workplace();
    lab.configure({ delays: ['200ms'] });
    renameSync(lab.nas, join(lab.root, 'away'));
    const syncing = lab.cli('sync', '--wait', await lab.run('Run_1'), '--json');
    setTimeout(() => renameSync(join(lab.root, 'away'), lab.nas), 1000);
    expect(statesOf(await syncing)).toEqual(['verified']);
  });

  test('names the reason and the fix of a failure', async () => {
    const lab = new Workplace();
    const first = await lab.run('Run_1');
    await lab.cli('sync', first);
    // The place on the NAS belongs to a run of the same name that was there before.
    rmSync(first, { recursive: true });
    rmSync(join(lab.root, 'queue.db'));
    const answer = await lab.cli('sync', await lab.run('Run_1', { other: 'x' }), '--json');
    expect(jobsOf(answer)).toMatchObject([{ state: 'failed', lastError: { kind: 'target_conflict' } }]);
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nas-sync retry') });
  });

  test('--until cleaned says what a proven run still waits for', async () => {
    const lab = new Workplace();
    const answer = await lab.cli('sync', '--until', 'cleaned', await lab.run('Run_1'), '--json');
    expect(answer).toMatchObject({ exitCode: 1, stderr: expect.stringMatching(/still verified: 1 of 2 passes/) });
    expect(statesOf(answer)).toEqual(['verified']);
  });

  test('--until cleaned lets a run go where the policy allows it at once, and without it nothing goes', async () => {
    const lab = new Workplace();
    lab.configure({ cleanup: { min_verify_passes: 1, min_age_hours: 0, min_evidence: 'cached-read' } });
    const run = await lab.run('Run_1');
    expect(statesOf(await lab.cli('sync', run, '--json'))).toEqual(['verified']);
    expect(existsSync(join(run, 'data.bin'))).toBe(true);
    expect(statesOf(await lab.cli('sync', '--until', 'cleaned', run, '--json'))).toEqual(['cleaned']);
    expect(existsSync(join(run, 'data.bin'))).toBe(false);
  });
});

describe('run --once', () => {
  test('does all that is due, and answers with what moved', async () => {
    const lab = new Workplace();
    await lab.cli('enqueue', await lab.run('Run_1'), await lab.run('Run_2'));
    const answer = await lab.cli('run', '--once', '--json');
    expect(answer.exitCode).toBe(0);
    expect(statesOf(answer)).toEqual(['verified', 'verified']);
  });

  test('says that nothing was due', async () => {
    const answer = await new Workplace().cli('run', '--once', '--json');
    expect(answer).toMatchObject({ exitCode: 0, stderr: 'nothing was due' });
    expect(jobsOf(answer)).toEqual([]);
  });

  test('ends with 1 where a job failed', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    await lab.cli('enqueue', run);
    rmSync(run, { recursive: true });
    const answer = await lab.cli('run', '--once', '--json');
    expect(answer.exitCode).toBe(1);
    expect(statesOf(answer)).toEqual(['failed']);
  });
});
