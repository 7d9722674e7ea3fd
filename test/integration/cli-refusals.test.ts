import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Workplace } from './cli-workstation.js';

const equipment = (bandwidth: object) => ({
  id: 'SCOPE',
  local_root: '/data',
  transport: { type: 'mount', path: '/mnt', bandwidth },
});
const reversed = { upload_mbps: 1, schedule: [{ days: ['mon'], from: '18:00', to: '08:00' }] };

interface Refusal {
  readonly args: readonly string[];
  readonly exit: number;
  readonly says: RegExp;
  readonly config?: object;
}

const REFUSALS: Readonly<Record<string, Refusal>> = {
  'an unknown command': { args: ['stauts'], exit: 2, says: /unknown command 'stauts' \(Did you mean status\?\)/ },
  'an unknown option': { args: ['status', '--bogus'], exit: 2, says: /unknown option '--bogus'/ },
  'an option of a later release': { args: ['run', '--watch'], exit: 2, says: /unknown option '--watch'/ },
  'an unknown state': { args: ['status', '--state', 'x'], exit: 2, says: /Allowed choices are queued/ },
  'no run to sync': { args: ['sync'], exit: 2, says: /missing required argument 'run'/ },
  'one run too many': { args: ['history', 'a', 'b'], exit: 2, says: /too many arguments/ },
  'a configuration that is not there': {
    args: ['status', '--config', 'no.yaml'],
    exit: 2,
    says: /no\.yaml.*nas-sync init/,
  },
  'an unknown key': {
    args: ['status'],
    exit: 2,
    says: /config\.yaml:1: foo: unknown key/,
    config: { equipment: [], foo: 1 },
  },
  'a reversed window': {
    args: ['status'],
    exit: 2,
    says: /schedule\[0\]\.to: must be later than/,
    config: { equipment: [equipment(reversed)] },
  },
  'a run that is not there': { args: ['sync', '/nowhere/Run_1'], exit: 2, says: /\/nowhere\/Run_1 is no folder/ },
  'a run outside the roots': { args: ['enqueue', '/etc'], exit: 2, says: /\/etc lies below no local_root/ },
  'a run without a record': { args: ['sync', 'local/Run_1'], exit: 3, says: /nas-sync adopt/ },
  'a run to adopt that is not there': { args: ['adopt', '/nowhere'], exit: 2, says: /\/nowhere is no folder/ },
  'the status of a run that is not there': {
    args: ['status', 'local/Run_9'],
    exit: 2,
    says: /no job for local\/Run_9/,
  },
  'the history of nothing': { args: ['history', 'x'], exit: 2, says: /no job for x/ },
  'an equipment that nobody knows': {
    args: ['status', '--equipment', 'NO'],
    exit: 2,
    says: /no equipment NO; configured: SCOPE/,
  },
  'a removal without a reason': { args: ['accept-removal', 'x'], exit: 2, says: /needs --reason/ },
  'a retry of nothing': { args: ['retry'], exit: 2, says: /needs a RUN/ },
  'a retry of one and all': { args: ['retry', 'x', '--failed'], exit: 2, says: /not both/ },
  'a reason that no job fails for': { args: ['retry', '--failed', '--kind', 'x'], exit: 2, says: /--kind x/ },
  'a reason for one run': { args: ['retry', 'x', '--kind', 'network'], exit: 2, says: /go with --failed/ },
  'a database in no folder': {
    args: ['status', '--db', 'config.yaml/q.db'],
    exit: 1,
    says: /queue database config\.yaml\/q\.db/,
  },
  'a database that is none': {
    args: ['status', '--db', 'config.yaml'],
    exit: 1,
    says: /is damaged \(it is no SQLite database\)/,
  },
  'a database server': {
    args: ['status', '--db', 'postgres://u@h/x'],
    exit: 2,
    says: /PostgreSQL comes with a later release/,
  },
  'a diagram in two forms': { args: ['diagram', '--json', '--format', 'svg'], exit: 2, says: /exclude each other/ },
};

test.each(Object.entries(REFUSALS))('%s is refused in one line, and stdout is left to results', async (_, refusal) => {
  const { args, exit, says, config } = refusal;
  const lab = new Workplace();
  lab.bareRun('Run_1');
  // Too short a file passes for an empty database.
  if (config !== undefined) writeFileSync(lab.config, JSON.stringify(config).padEnd(200));
  const { exitCode, stdout, stderr } = await lab.plain([...args, '--json'], { env: { NAS_SYNC_CONFIG: lab.config } });
  expect({ exitCode, stderr: stderr.split('\n') }).toEqual({ exitCode: exit, stderr: [expect.stringMatching(says)] });
  expect(stderr).toMatch(/^nas-sync: /);
  if (stdout !== '') expect(JSON.parse(stdout)).toMatchObject({ jobs: [{ state: 'blocked' }] });
});

test('no command is answered with the help, on stderr', async () => {
  const { exitCode, stdout, stderr } = await new Workplace().plain([]);
  expect({ exitCode, stdout, stderr }).toEqual({
    exitCode: 2,
    stdout: '',
    stderr: expect.stringMatching(/^Usage: nas-sync/),
  });
});

test('a file with a text for a terminal in its name is named harmlessly', async () => {
  const { stderr } = await new Workplace().cli('history', 'a\x1b[2J\nb');
  expect(stderr).toContain('a\\x1b[2J\\nb');
});

test('NAS_SYNC_DEBUG=1 shows where an error comes from', async () => {
  const { stderr } = await new Workplace().plain(['status', '--config', 'no.yaml'], { env: { NAS_SYNC_DEBUG: '1' } });
  expect(stderr).toMatch(/\n {4}at /);
});

test('a record that cannot be read is a refusal of the gate', async () => {
  const lab = new Workplace();
  const run = await lab.run('Run_1');
  writeFileSync(join(run, '.exlab-wizard/creation.json'), '{');
  const answer = await lab.cli('enqueue', run, '--json');
  expect(answer).toMatchObject({ exitCode: 3, stdout: expect.stringContaining('record_invalid') });
  expect(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8')).toBe('{');
});
