import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Explanation, GateView } from 'nas-sync';
import { describe, expect, test } from 'vitest';
import { documentOf, Workplace, type Answer } from './cli-workstation.js';

const runsOf = (answer: Answer): GateView[] => (documentOf(answer) as { runs: GateView[] }).runs;

describe('gate', () => {
  test('of a good run ends with 0 and says so', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1');
    const answer = await lab.cli('gate', run, '--json');
    expect(documentOf(answer)).toEqual({ runs: [{ runPath: run, eligible: true, findings: [] }] });
    expect(answer).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await lab.cli('gate', run)).toMatchObject({ exitCode: 0, stdout: `✔ may go  ${run}` });
  });

  test('of a bad one ends with 3, names what was found, and changes nothing', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { 'a\x1b<b': 'data' });
    const record = readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8');
    const answer = await lab.cli('gate', run);
    expect(answer).toMatchObject({ exitCode: 3, stderr: expect.stringContaining('nas-sync explain') });
    expect(answer.stdout.split('\n')).toEqual([
      `✖ refused  ${run}`,
      expect.stringMatching(/^ {4}hard {2}.*a\\x1b<b.*\[illegal_filesystem_character\]$/),
    ]);
    expect(Object.keys(runsOf(await lab.cli('gate', run, '--json'))[0]?.findings[0] ?? {})).toEqual([
      'rule',
      'tier',
      'subject',
      'message',
      'overriddenBy',
    ]);
    expect(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8')).toBe(record);
    expect(await lab.cli('status')).toMatchObject({ stdout: '' });
  });

  test('of several judges each, whatever is wrong with one', async () => {
    const lab = new Workplace();
    const [good, bad] = [await lab.run('Run_1'), await lab.run('Run_<x>')];
    const answer = await lab.cli('gate', good, join(lab.local, 'gone'), bad, good, '--json');
    expect(runsOf(answer).map(({ runPath, eligible }) => [runPath, eligible])).toEqual([
      [good, true],
      [bad, false],
    ]);
    expect(answer).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('gone is no folder') });
  });

  test.each([
    [[], /needs a RUN, or --all/],
    [['Run_1', '--all'], /not both/],
  ])('with %j is refused', async (args, says) => {
    const answer = await new Workplace().cli('gate', ...args);
    expect(answer).toMatchObject({ exitCode: 2, stdout: '', stderr: expect.stringMatching(says) });
  });
});

describe('gate --all', () => {
  test('lists the findings of every run below the roots by run, and ends with 3', async () => {
    const lab = new Workplace();
    const [good, bad] = [await lab.run('day/Run_1'), await lab.run('day/Run_b<x>')];
    const orphan = lab.bareRun('day/Run_a');
    const answer = await lab.cli('gate', '--all', '--json');
    expect(answer.exitCode).toBe(3);
    expect(runsOf(answer).map(({ runPath, findings }) => [runPath, findings.map(({ rule }) => rule)])).toEqual([
      [good, []],
      [orphan, ['record_missing', 'orphan']],
      [bad, ['unresolved_placeholder_token', 'illegal_filesystem_character']],
    ]);
    const { stdout, stderr } = await lab.cli('gate', '--all');
    expect(stdout).not.toContain(`${good}\n`);
    expect(stderr).toContain('3 runs: 2 refused, 0 with findings that refuse nothing, 1 without any');
  });

  test('ends with 0 where all runs may go, and where there is none', async () => {
    const lab = new Workplace();
    expect(await lab.cli('gate', '--all', '--json')).toMatchObject({ exitCode: 0, stdout: '{\n  "runs": []\n}' });
    await lab.run('Run_1');
    expect(await lab.cli('gate', '--all')).toMatchObject({ exitCode: 0, stdout: '' });
  });

  test('ends with 1 where it could not look at a root', async () => {
    const lab = new Workplace();
    rmSync(lab.local, { recursive: true });
    const answer = await lab.cli('gate', '--all', '--json');
    expect(answer).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('local cannot be looked at (ENOENT)'),
    });
  });
});

describe('explain', () => {
  test('of a blocked run gives the command that lets it pass, and that command does', async () => {
    const lab = new Workplace();
    const run = await lab.run("it's Run_a:b");
    const answer = await lab.cli('explain', run, '--json');
    const { job, next } = documentOf(answer) as Explanation;
    expect(answer.exitCode).toBe(0);
    expect(job).toMatchObject({ state: 'blocked', runPath: run });
    const command = /`nas-sync (override add .*)`/.exec(next[0]?.blockedBy ?? '')?.[1] ?? '';
    expect((await lab.shell(`$CLI ${command}`)).exitCode).toBe(0);
    expect((await lab.cli('enqueue', run)).exitCode).toBe(0);
    expect(documentOf(await lab.cli('explain', run, '--json'))).toMatchObject({
      job: { state: 'queued' },
      next: [{ event: 'claimed', possible: true, blockedBy: null }, { event: 'cancelled' }],
      deletion: {
        allowed: false,
        interlocks: expect.arrayContaining([expect.objectContaining({ name: 'age', ok: false })]) as unknown,
      },
    });
  });

  test('is read by people, too', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_a:b');
    const { stdout } = await lab.cli('explain', run);
    expect(stdout).toContain('because   the gate refuses it for one finding (illegal_filesystem_character)');
    expect(stdout).toMatch(/✖ enqueued {2}illegal_filesystem_character: .*override add/);
    expect(stdout).toMatch(/deletion {2}stays here$/);
    const good = await lab.run('Run_1');
    expect((await lab.cli('explain', good)).stdout).toMatch(/^… no job .*\n.*\n.*\n.*\n {2}✔ enqueued/);
  });

  test('of what is no run is refused', async () => {
    const lab = new Workplace();
    mkdirSync(join(lab.root, 'elsewhere'));
    expect(await lab.cli('explain', 'nowhere')).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await lab.cli('explain', 'elsewhere')).toMatchObject({ exitCode: 2, stdout: '' });
  });
});
