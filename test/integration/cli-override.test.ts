import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import type { Override } from 'nas-sync';
import { expect, test } from 'vitest';
import { documentOf, TIME, Workplace } from './cli-workstation.js';

const CLASS = 'illegal_filesystem_character';

const overridesOf = async (lab: Workplace, run: string): Promise<Override[]> =>
  (documentOf(await lab.cli('override', 'list', run, '--json')) as { overrides: Override[] }).overrides;

test('override add lets a run pass, revoke blocks it again, and list says who, when and why', async () => {
  const lab = new Workplace();
  const run = await lab.run('Run_a:b');
  expect((await lab.cli('enqueue', run)).exitCode).toBe(3);

  const why = ['--reason', 'vendor’s names', '--expires', '30d'];
  const added = await lab.cli('override', 'add', run, '--class', CLASS, ...why, '--json');
  expect(added.exitCode).toBe(0);
  const { override } = documentOf(added) as { override: Override };
  expect(override).toEqual({
    id: expect.any(String) as string,
    problemClass: CLASS,
    operator: userInfo().username,
    recordedAt: TIME,
    reason: 'vendor’s names',
    expiresAt: TIME,
    state: 'active',
    revocation: null,
  });
  expect((await lab.cli('gate', run)).exitCode).toBe(0);

  const revoked = await lab.cli('override', 'revoke', run, override.id, '--reason', 'renamed', '--operator', 'ben');
  expect(revoked).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('revoked by ben') });
  expect(await lab.cli('gate', run)).toMatchObject({ exitCode: 3 });
  expect(await overridesOf(lab, run)).toMatchObject([
    { id: override.id, state: 'revoked', revocation: { operator: 'ben', reason: 'renamed', recordedAt: TIME } },
  ]);
});

test('override list shows active, expired and revoked ones to people, each safe to print', async () => {
  const lab = new Workplace();
  const run = await lab.run('Run_1');
  expect(await lab.cli('override', 'list', run)).toMatchObject({ stdout: '', stderr: 'the run has no overrides' });
  const { updateRecord } = await import('#dist/run/record/record.js');
  const entry = {
    problem_class: CLASS,
    operator: 'ada',
    recorded_at: 'long ago',
    reason: 'a\x1b[2J\nb',
    revoked: false,
  };
  const entries = [
    { ...entry, id: 'one' },
    { ...entry, id: 'two', expires_at: '2020-01-01' },
    { ...entry, id: 'three', revoked: true },
    { id: 'four', revokes: 'gone', revoked: true },
  ];
  await updateRecord(run, () => [{ path: ['validation_overrides'], value: entries }]);
  const { stdout, stderr } = await lab.cli('override', 'list', run);
  expect(stdout.split('\n').map((line) => line.trim().split(/ {2,}/))).toEqual([
    ['STATE', 'CLASS', 'OPERATOR', 'RECORDED', 'ENDS', 'ID'],
    ['✔ active', CLASS, 'ada', 'long ago', 'never', 'one'],
    ['because: a\\x1b[2J\\nb'],
    ['… expired', CLASS, 'ada', 'long ago', expect.stringContaining('2020-01-01'), 'two'],
    ['because: a\\x1b[2J\\nb'],
    ['✖ revoked', CLASS, 'ada', 'long ago', 'never', 'three'],
    ['because: a\\x1b[2J\\nb'],
  ]);
  expect(stderr).toContain('warning: validation_overrides: a tombstone revokes "gone"');
});

const ADD = ['override', 'add', 'local/Run_1', '--reason', 'why'];

test.each<[string, string[], number, RegExp]>([
  ['an unknown class', [...ADD, '--class', 'ilegal_filesystem_char'], 2, /did you mean illegal_filesystem_character\?/],
  ['no class', ADD, 2, /required option '--class/],
  ['no reason', ['override', 'add', 'local/Run_1', '--class', CLASS], 2, /required option '--reason/],
  ['an end that has passed', [...ADD, '--class', CLASS, '--expires', '2020-01-01'], 2, /has passed already/],
  ['to revoke what is not there', ['override', 'revoke', 'local/Run_1', 'x', '--reason', 'y'], 2, /has no override x/],
  ['no subcommand', ['override'], 2, /Usage: nas-sync override/],
])('override refuses %s, and the record stays as it was', async (_, args, exit, says) => {
  const lab = new Workplace();
  const run = await lab.run('Run_1');
  const record = join(run, '.exlab-wizard/creation.json');
  const before = readFileSync(record, 'utf8');
  const { exitCode, stdout, stderr } = await lab.cli(...args);
  expect({ exitCode, stdout, stderr }).toEqual({ exitCode: exit, stdout: '', stderr: expect.stringMatching(says) });
  expect(readFileSync(record, 'utf8')).toBe(before);
});

test('override refuses a run without a record, and one that is revoked already', async () => {
  const lab = new Workplace();
  lab.bareRun('Run_1');
  expect(await lab.cli(...ADD, '--class', 'nonsense')).toMatchObject({
    exitCode: 3,
    stderr: expect.stringContaining('nas-sync adopt'),
  });
  const run = await lab.run('Run_2');
  await lab.cli('override', 'add', run, '--class', CLASS, '--reason', 'why');
  const [added] = await overridesOf(lab, run);
  const revoke = ['override', 'revoke', run, added?.id ?? '', '--reason', 'why'];
  expect((await lab.cli(...revoke)).exitCode).toBe(0);
  expect(await lab.cli(...revoke)).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('revoked already') });
});

test.each([['gate'], ['explain'], ['override', 'add'], ['override', 'revoke'], ['override', 'list']])(
  '%s %s has help with an example',
  async (...words) => {
    const { exitCode, stdout } = await new Workplace().plain([...words.filter(Boolean), '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toContain(`Example:\n  nas-sync ${words.filter(Boolean).join(' ')} `);
  },
);
