import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fill, Lab, listing, noise } from '../../support/lab.js';
import { itMounts, mount, mountTmpfs } from '../mount/mounts.js';
import { failureOf } from './failing-remotes.js';
import { never, remoteOf } from './remotes.js';

itMounts.each(['local', 'sftp', 'smb'] as const)('%s: tells a full target', async (name) => {
  const lab = new Lab({ delays: ['1h'] });
  const remote = await remoteOf(name, lab);
  await mountTmpfs(lab, remote.disk, '4m');
  const run = await lab.makeRun({ 'big.bin': noise(8 * 1024 * 1024), 'permission denied.txt': 'x' });

  const job = await lab.sync(run, lab.open({ transport: remote.transport() }), { patient: false });

  expect(job.lastError).toMatchObject({ kind: 'target_full' });
  expect(job.lastError!.message).toContain('make room there');
});

itMounts.each(['local', 'sftp', 'smb'] as const)('%s: tells a read-only target', async (name) => {
  const lab = new Lab();
  const remote = await remoteOf(name, lab);
  await mount(lab, remote.disk, '-t', 'tmpfs', '-o', 'ro', 'none');

  const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), lab.open({ transport: remote.transport() }));

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'auth' } });
});

it.each(['local', 'sftp', 'webdav', 'smb'] as const)(
  '%s: names what stands in the way, before a byte moves',
  async (name) => {
    const lab = new Lab();
    const remote = await remoteOf(name, lab);
    const run = await lab.makeRun({ 'a.txt': 'a', 'z/b.txt': 'b' });
    mkdirSync(remote.onDisk(run, 'a.txt'), { recursive: true });

    const job = await lab.sync(run, lab.open({ transport: remote.transport() }));

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    expect(job.lastError!.message).toContain('Run_1/a.txt is a file in the run, but a folder on the target');
    expect(listing(remote.onDisk(run))).not.toContain('z/');
  },
);

it('is not misled by names that look like what failed tools say', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const run = await lab.makeRun({
    'permission denied.txt': 'x',
    'a: permission denied': 'y',
    'read-only file system': 'z',
    'sftp: "Permission denied" (SSH_FX_PERMISSION_DENIED)': 'q',
  });

  expect(await lab.sync(run, lab.open({ transport: remote.transport() }))).toMatchObject({ state: 'verified' });
});

it('local: tells a target that holds the run itself', async () => {
  const lab = new Lab();
  const remote = await remoteOf('local', lab);
  const run = await lab.makeRun({ 'a.txt': 'a' });
  fill(run, { 'inside/': '' });
  const transport = remote.transport({ rcloneRemotePath: join(run, 'inside') });

  expect((await failureOf(transport.requireApart(run, 'Run_1', never()))).code).toBe('wrong_target');
});

itMounts.each(['8m', 'ro'])('webdav: says that the server gives no reason (%s)', async (how) => {
  const lab = new Lab({ delays: ['1h'] });
  const remote = await remoteOf('webdav', lab);
  await mount(lab, remote.disk, '-t', 'tmpfs', '-o', how === 'ro' ? 'ro' : `size=${how}`, 'none');
  const run = await lab.makeRun({ 'big.bin': noise(16 * 1024 * 1024) });

  const job = await lab.sync(run, lab.open({ transport: remote.transport() }), { patient: false });

  expect(job.lastError).toMatchObject({ kind: 'unknown' });
  expect(job.lastError!.message).toContain('gives no reason; is it full, or read-only?');
});

it('smb: writes over no file whose name differs in capitals only', async () => {
  const lab = new Lab();
  const remote = await remoteOf('smb', lab);
  const run = await lab.makeRun({ 'data.txt': 'a' });
  fill(remote.onDisk(run), { 'DATA.txt': 'of another' });

  const job = await lab.sync(run, lab.open({ transport: remote.transport() }));

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job.lastError!.message).toContain('in capitals only');
  expect(listing(remote.onDisk(run))).not.toContain('data.txt');
});
