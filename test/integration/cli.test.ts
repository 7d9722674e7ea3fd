import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { documentOf, jobsOf, Workplace } from './cli-workstation.js';

describe('init', () => {
  const flags = ['init', '--equipment', 'CONFOCAL_01', '--local-root', 'local', '--target', 'nas'];

  test('writes a configuration that status reads as it stands', async () => {
    const lab = new Workplace();
    const env = { NAS_SYNC_CONFIG: join(lab.root, 'new/folder/config.yaml') };
    expect(await lab.plain([...flags, '--nas-root', '//nas/lab'], { env })).toMatchObject({ exitCode: 0 });
    await lab.plain(['run', '--once', '--db', 'queue.db'], { env });
    const status = await lab.plain(['status', '--db', 'queue.db', '--equipment', 'CONFOCAL_01'], { env });
    expect(status).toMatchObject({ exitCode: 0, stderr: 'no job is like that' });
  });

  test('makes its paths absolute', async () => {
    const lab = new Workplace();
    await lab.plain([...flags, '--config', 'new.yaml']);
    expect(readFileSync(join(lab.root, 'new.yaml'), 'utf8')).toContain(`local_root: ${JSON.stringify(lab.local)}`);
  });

  test('answers with the file, and gives the next steps on stderr', async () => {
    const lab = new Workplace();
    const answer = await lab.plain([...flags, '--config', 'new.yaml', '--json']);
    expect(documentOf(answer)).toEqual({ configFile: join(lab.root, 'new.yaml') });
    expect(answer.stderr).toContain('Next:');
  });

  test('overwrites nothing', async () => {
    const lab = new Workplace();
    const before = readFileSync(lab.config, 'utf8');
    expect(await lab.cli(...flags)).toMatchObject({ exitCode: 2, stdout: '' });
    expect(readFileSync(lab.config, 'utf8')).toBe(before);
  });

  test('writes nothing for a name that no equipment may have', async () => {
    const lab = new Workplace();
    const answer = await lab.plain(['init', '--equipment', 'a b', '--config', 'new.yaml']);
    expect(answer).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('must be capital letters') });
    expect(() => readFileSync(join(lab.root, 'new.yaml'))).toThrow('ENOENT');
  });
});

describe('adopt', () => {
  test('answers with the record that it wrote', async () => {
    const lab = new Workplace();
    const run = lab.bareRun('Run_1');
    const answer = await lab.cli('adopt', run, '--run-kind', 'test', '--json');
    expect(answer.exitCode).toBe(0);
    expect(documentOf(answer)).toMatchObject({ runPath: run, record: { run_kind: 'test', sync_status: 'pending' } });
  });

  test('refuses a run that has a record', async () => {
    const lab = new Workplace();
    expect(await lab.cli('adopt', await lab.run('Run_1'))).toMatchObject({ exitCode: 1, stdout: '' });
  });
});

describe('diagram', () => {
  test.each([
    [[], '<svg'],
    [['--format', 'mermaid'], 'stateDiagram'],
    [['--format', 'dot'], 'digraph'],
    [['--json'], '{'],
  ])('%j draws the statechart', async (flags, start) => {
    const { exitCode, stdout } = await new Workplace().plain(['diagram', ...flags]);
    expect([exitCode, stdout.slice(0, start.length)]).toEqual([0, start]);
  });
});

test.each([
  ['before', (lab: Workplace) => ['--json', '--config', lab.config, '--db', 'other.db', 'status']],
  ['after', (lab: Workplace) => ['status', '--json', '--config', lab.config, '--db', 'other.db']],
])('global options may stand %s the command', async (_, args) => {
  const lab = new Workplace();
  await lab.cli('enqueue', await lab.run('Run_1'));
  await lab.cli('--db', 'other.db', 'run', '--once');
  expect(jobsOf(await lab.plain(args(lab)))).toEqual([]);
});

test.each('init adopt enqueue sync run status history retry cancel verify diagram'.split(' '))(
  '%s has a help with an example',
  async (name) => {
    const { exitCode, stdout } = await new Workplace().plain([name, '--help']);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(new RegExp(`Example:\\n {2}nas-sync ${name}\\b`));
  },
);

test('--version is that of the package', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
  expect(await new Workplace().plain(['--version'])).toEqual({ exitCode: 0, stdout: version, stderr: '' });
});
