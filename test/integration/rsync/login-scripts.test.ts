import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DoctorReport } from 'nas-sync';
import { describe, expect, it } from 'vitest';
import { listing } from '../../support/lab.js';
import { LOGIN_SCRIPTS } from '../../support/servers/ssh-accounts.js';
import { RsyncLab } from './rsync-lab.js';

const asRoot = process.getuid?.() === 0;

/** An account whose login shell runs this whenever sshd starts it. */
async function labWith(loginShell: string, script: string, flavour: 'gnu' | 'rsync-only' = 'gnu'): Promise<RsyncLab> {
  const lab = await RsyncLab.with(flavour, { loginShell });
  const file = join(lab.server.home, LOGIN_SCRIPTS[loginShell]!);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, script);
  return lab;
}

const problem = ({ checks }: DoctorReport) => checks.find(({ ok }) => !ok);

describe.runIf(asRoot).each(Object.entries(LOGIN_SCRIPTS))('a login script of %s that prints', (shell, file) => {
  it.each([
    ['a line', "echo 'Welcome to NAS01'\n"],
    ['words without a line end', "printf 'Welcome to NAS01'\n"],
    ['words that end with a quote and a bell', String.raw`printf 'Welcome to NAS01"\007'` + '\n'],
  ])('%s is called by its name in sync and in doctor, and nothing is written', async (_, script) => {
    const lab = await labWith(shell, script);

    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

    expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'not_configured' } });
    expect(job.lastError!.message).toContain(`login script of the account (~/${file}`);
    expect(job.lastError!.message).toContain('prints "Welcome to NAS01');
    const check = problem(await lab.client.doctor());
    expect(check?.detail).toContain(`login script of the account (~/${file}`);
    expect(check?.fix).not.toContain('NAS is up');
    expect(listing(lab.server.folder)).toEqual([]);
  });

  it('to standard error only, and in interactive shells only, is left alone', async () => {
    const lab = await labWith(shell, "sh -c 'echo hello: Permission denied >&2'\n");
    expect(await lab.sync(await lab.makeRun({ 'a.txt': 'a' }))).toMatchObject({ state: 'verified', lastError: null });
  });
});

describe.runIf(asRoot)('an account that allows rsync only', () => {
  it.each(['bash', 'tcsh', 'fish'])(
    'whose login script of %s prints is called by that, not a lost network',
    async (shell) => {
      const lab = await labWith(shell, 'echo Welcome to NAS01\n', 'rsync-only');

      const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

      expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'not_configured' } });
      expect(job.lastError!.message).toContain('prints "Welcome to NAS01" before rsync can answer');
      expect(problem(await lab.client.doctor())?.detail).toContain('login script');
    },
  );

  it('in which no program may be started at all is called by what it says', async () => {
    const lab = await RsyncLab.with('gnu', { loginShell: 'nologin' });

    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

    expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'not_configured' } });
    expect(job.lastError!.message).toContain('This account is currently not available');
  });
});
