import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeSocketFolder } from '#dist/transports/rsync/socket-folder.js';
import { program } from '../../support/servers/programs.js';
import { HAS_IPV6 } from '../../support/servers/ssh-server.js';
import { DISKS } from '../full-disk/full-disk.js';
import { itMounts } from '../mount/mounts.js';
import { RsyncLab } from './rsync-lab.js';

afterEach(() => vi.unstubAllEnvs());

describe.runIf(HAS_IPV6)('the address of a server', () => {
  it.each(['[::1]', '::1', '[0:0:0:0:0:0:0:1]'])('may be %s', async (address) => {
    const lab = await RsyncLab.with('gnu');
    await lab.server.alsoKnownAt(lab.server.port, '0:0:0:0:0:0:0:1');
    const client = lab.open({ config: lab.configured({ sshTarget: `${lab.server.user}@${address}` }) });
    expect(await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client)).toMatchObject({ state: 'verified' });
  });
});

it('a host of the ssh configuration needs no user, port or address of its own', async () => {
  const lab = await RsyncLab.with('gnu');
  const { host, port, user } = lab.server;
  const settings = `Host lab_nas\n HostName ${host}\n Port ${port}\n User ${user}\n RemoteCommand true\n RequestTTY yes\n`;
  writeFileSync(lab.at('ssh_config'), settings);
  mkdirSync(lab.at('bin'));
  // ssh takes the home from the password file: its configuration cannot be put anywhere else.
  writeFileSync(lab.at('bin/ssh'), `#!/bin/sh\nexec ${program('ssh')} -F '${lab.at('ssh_config')}' "$@"\n`);
  chmodSync(lab.at('bin/ssh'), 0o755);
  vi.stubEnv('PATH', `${lab.at('bin')}:${process.env['PATH']}`);
  const client = lab.open({ config: lab.configured({ sshTarget: 'lab_nas', port: null }) });

  expect(await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), client)).toMatchObject({ state: 'verified' });
});

describe('a TMPDIR', () => {
  it.each([
    ['is too long for a socket', 'x'.repeat(90), true],
    ['is missing', 'missing', false],
    ['holds what ssh would expand', '50%done', true],
  ])('that %s keeps no run from its server', async (_, name, isMade) => {
    const lab = await RsyncLab.with('gnu');
    const run = await lab.makeRun({ 'a.txt': 'a' });
    if (isMade) mkdirSync(lab.at(name));
    vi.stubEnv('TMPDIR', lab.at(name));
    expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });
  });

  it('that is missing is named where an account that allows rsync only needs it', async () => {
    const lab = await RsyncLab.with('rsync-only');
    const run = await lab.makeRun({ 'a.txt': 'a' });
    vi.stubEnv('TMPDIR', lab.at('missing'));
    const job = await lab.sync(run);
    expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'not_configured' } });
    expect(job.lastError!.message).toContain('set TMPDIR');
  });

  const FULL = [
    ['gnu', 'tmpfs without a free page'],
    ['gnu', 'tmpfs without a free inode'],
    ['rsync-only', 'ext4 without a free block'],
  ] as const;
  for (const [accounts, disk] of FULL) {
    itMounts(`on ${disk} keeps no run from its server (${accounts})`, async () => {
      const { mount, fill } = DISKS[disk];
      const lab = await RsyncLab.with(accounts);
      const run = await lab.makeRun({ 'a.txt': 'a', 'empty/': '' });
      await mount(lab, lab.at('full'));
      fill(lab.at('full'));
      vi.stubEnv('TMPDIR', lab.at('full'));
      expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });
    });
  }

  it('is named where no place can hold a socket', async () => {
    const lab = await RsyncLab.with('gnu');
    await expect(makeSocketFolder([lab.at('missing'), join('/', 'x'.repeat(90))])).rejects.toThrow('set TMPDIR');
  });
});
