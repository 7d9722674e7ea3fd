import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { documentOf, Workplace } from './cli-workstation.js';

const NOBODY = 65_534;

describe('a finding that may be overridden', () => {
  test.each(['gate', 'enqueue', 'sync'])('%s names the command that lets it pass', async (command) => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { 'a:b.bin': 'x', NUL: 'x' });
    const { exitCode, stderr: said } = await lab.cli(command, run);
    expect(exitCode).toBe(3);
    expect(said).toContain(`nas-sync override add ${run} --class illegal_filesystem_character --reason 'WHY'`);
    expect(said).toContain(`nas-sync override add ${run} --class reserved_filesystem_name --reason 'WHY'`);
  });

  test('one that cannot be overridden names none', async () => {
    const lab = new Workplace();
    const { stderr } = await lab.cli('gate', lab.bareRun('Run_1'));
    expect(stderr).not.toContain('override add');
  });
});

describe('status', () => {
  it('says of a run without a job that the gate refuses it, and why', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { 'a:b.bin': 'x' });
    const { exitCode, stdout } = await lab.cli('status', run);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/blocked .*Run_1/u);
    expect(stdout).toContain('a:b.bin');
    expect(documentOf(await lab.cli('status', run, '--json'))).toMatchObject({
      jobs: [
        { jobId: '', runPath: run, state: 'blocked', blockingFindings: [{ rule: 'illegal_filesystem_character' }] },
      ],
    });
  });

  it('goes on telling of other runs beside it', async () => {
    const lab = new Workplace();
    const [bad, good] = [await lab.run('Run_1', { 'a:b.bin': 'x' }), await lab.run('Run_2')];
    await lab.cli('enqueue', good);
    expect(documentOf(await lab.cli('status', bad, good, '--json'))).toMatchObject({
      jobs: [{ state: 'blocked' }, { runPath: good, state: 'queued' }],
    });
  });
});

describe('folders of another account below a root', () => {
  it.skipIf(process.getuid?.() !== 0)('do not make an audit fail, and are named', async () => {
    const lab = new Workplace();
    await lab.run('Run_1');
    for (const name of ['lost+found', 'private', 'System Volume Information']) {
      mkdirSync(join(lab.local, name));
      chmodSync(join(lab.local, name), 0o700);
    }
    chmodSync(lab.root, 0o777);
    const asNobody = { uid: NOBODY, gid: NOBODY, env: { HOME: lab.root } };
    const answer = await lab.plain(['--config', lab.config, 'gate', '--all'], asNobody);
    expect(answer).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('private belongs to another account'),
    });
    expect(answer.stderr).not.toContain('lost+found');
  });

  it('a trash or a snapshot of the storage holds no runs', async () => {
    const lab = new Workplace();
    await lab.run('Run_1');
    await lab.run('#recycle/Run_2', { 'a:b': 'x' });
    await lab.run('.snapshot/daily/Run_1', { 'a:b': 'x' });
    const answer = await lab.cli('gate', '--all', '--json');
    expect(documentOf(answer)).toMatchObject({ runs: [{ runPath: join(lab.local, 'Run_1'), eligible: true }] });
  });

  it('volatile and excluded names in a run are no findings', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { '._a:b': 'x', 'Icon\r': 'x' });
    expect(await lab.cli('gate', run)).toMatchObject({ exitCode: 0 });
  });
});

describe('adopt refuses what is no run, and writes nothing there', () => {
  const cases: [string, (lab: Workplace) => string, number, RegExp][] = [
    ['a folder outside of the roots', () => '/etc', 2, /lies below no local_root/u],
    ['a root', ({ local }) => local, 2, /is a local_root itself/u],
    ['the folder of an instrument', ({ local }) => made(local, 'SCOPE'), 1, /holds the runs of an instrument/u],
    ['a shelf', ({ local }) => made(local, 'SCOPE/Runs'), 1, /holds the runs of an instrument/u],
    ['a folder that holds a run', ({ local }) => withRun(local), 1, /it holds the run .*Run_1/u],
    ['a part of a run', ({ local }) => made(withRun(local), 'Run_1/raw'), 1, /it is a part of the run/u],
  ];
  test.each(cases)('%s', async (_, make, exitCode, says) => {
    const lab = new Workplace();
    const path = make(lab);
    expect(await lab.cli('adopt', path)).toMatchObject({ exitCode, stdout: '', stderr: expect.stringMatching(says) });
    expect(existsSync(join(path, '.exlab-wizard'))).toBe(false);
  });

  it('and takes several runs, of which one that cannot be adopted keeps no other', async () => {
    const lab = new Workplace();
    const runs = [lab.bareRun('Run_1'), lab.local, lab.bareRun('Run_2')];
    const answer = await lab.cli('adopt', ...runs, '--json');
    expect(answer.exitCode).toBe(2);
    expect(documentOf(answer)).toMatchObject({ runs: [{ runPath: runs[0] }, { runPath: runs[2] }] });
    expect(await lab.cli('enqueue', runs[0]!, runs[2]!)).toMatchObject({ exitCode: 0 });
  });
});

function made(root: string, name: string): string {
  mkdirSync(join(root, name), { recursive: true });
  return join(root, name);
}

function withRun(root: string): string {
  writeFileSync(join(made(root, 'day 1/Run_1/.exlab-wizard'), 'creation.json'), '{}');
  return join(root, 'day 1');
}

describe('verify of a run without a job', () => {
  it('compares it with its place', async () => {
    const lab = new Workplace();
    const run = await lab.run('Run_1', { 'a.bin': 'a', 'b.bin': 'b' });
    mkdirSync(join(lab.nas, 'Run_1'));
    writeFileSync(join(lab.nas, 'Run_1/a.bin'), 'a');
    const first = await lab.cli('verify', run);
    expect(first.stderr).toMatch(/identity token|never met|first contact/u);

    await lab.cli('sync', await lab.run('Run_0'));
    const answer = await lab.cli('verify', run, '--json');
    expect(answer.exitCode).toBe(4);
    expect(documentOf(answer)).toMatchObject({
      runPath: run,
      ok: false,
      missing: ['b.bin'],
      mismatched: [],
      extra: [],
    });
    writeFileSync(join(lab.nas, 'Run_1/b.bin'), 'b');
    expect(await lab.cli('verify', run)).toMatchObject({ exitCode: 0 });
    expect(documentOf(await lab.cli('status', '--json'))).toMatchObject({ jobs: [{ state: 'verified' }] });
  });
});
