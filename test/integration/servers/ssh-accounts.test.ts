import { readdirSync, realpathSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { makeFile, MEGABYTE, rclone, rsync, ssh, workplace } from './clients.js';

it.each(['gnu', 'busybox'] as const)('rsync copies into the %s account', async (flavour) => {
  const server = await untilTestEnds(SshServer.start({ flavour }));
  const folder = await workplace();
  const content = await makeFile(folder, MEGABYTE);
  expect(await rsync(server, `${folder}/`, server.folder)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(content.equals(await readFile(join(server.folder, 'image.tif')))).toBe(true);
  expect(server.connections()).toBe(1);
});

it('the gnu account has the tools of GNU', async () => {
  const server = await untilTestEnds(SshServer.start());
  expect((await ssh(server, 'sha256sum --version')).stdout).toContain('GNU coreutils');
  expect((await ssh(server, 'printf x | md5sum')).stdout).toBe('9dd4e461268c8034f5c8564e155c67a6  -');
});

it('the busybox account has the tools of BusyBox, and no others', async () => {
  const server = await untilTestEnds(SshServer.start({ flavour: 'busybox' }));
  expect((await ssh(server, 'sha256sum --version')).stderr).toContain('BusyBox');
  const { stdout: path } = await ssh(server, 'echo "$PATH"');
  const tools = new Set(readdirSync(path).map((name) => basename(realpathSync(join(path, name)))));
  expect(tools).toEqual(new Set(['busybox', 'rsync']));
  expect((await ssh(server, 'b2sum --version')).stderr).toContain('b2sum: not found');
});

it.each([{ flavour: 'gnu', bare: true } as const, { flavour: 'busybox' } as const])(
  'a bare environment holds the path and little else: %o',
  async (options) => {
    const server = await untilTestEnds(SshServer.start(options));
    const { stdout } = await ssh(server, 'env');
    const names = stdout.split('\n').map((line) => line.split('=')[0]);
    expect(names.filter((name) => !['PWD', 'SHLVL', '_', 'OLDPWD'].includes(name!)).sort()).toEqual([
      'HOME',
      'NAS_SYNC_TEST_SERVER',
      'PATH',
    ]);
  },
);

it('the rsync-only account takes rsync within its folder and nothing else', async () => {
  const server = await untilTestEnds(SshServer.start({ flavour: 'rsync-only' }));
  const folder = await workplace();
  await makeFile(folder, MEGABYTE);
  expect(await ssh(server, 'ls')).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('does not run rsync') });
  expect(await rsync(server, `${folder}/`, 'Run_1')).toMatchObject({ exitCode: 0, stderr: '' });
  expect((await readFile(join(server.folder, 'Run_1', 'image.tif'))).length).toBe(MEGABYTE);
  expect(await rsync(server, `${folder}/`, '../elsewhere')).toMatchObject({ failed: true });
});

it.each([{ flavour: 'gnu' } as const, { flavour: 'gnu', bare: true } as const, { flavour: 'busybox' } as const])(
  'rclone lists, copies and hashes by sftp: %o',
  async (options) => {
    const server = await untilTestEnds(SshServer.start(options));
    const config = await rcloneConfig({ sftp: server });
    const folder = await workplace();
    const content = await makeFile(folder, MEGABYTE);
    expect(await rclone(config, 'copy', `local:${folder}`, `sftp:${server.folder}`)).toMatchObject({ exitCode: 0 });
    expect(content.equals(await readFile(join(server.folder, 'image.tif')))).toBe(true);
    const { stdout } = await rclone(config, 'lsjson', '--hash', `sftp:${server.folder}`);
    expect(JSON.parse(stdout)).toMatchObject([
      { Name: 'image.tif', Hashes: { md5: expect.any(String), sha1: expect.any(String) } },
    ]);
  },
);

it('another key is refused', async () => {
  const server = await untilTestEnds(SshServer.start());
  const { exitCode, stderr } = await ssh(server, 'true', server.otherKey());
  expect(exitCode).toBe(255);
  expect(stderr).toContain('Permission denied (publickey)');
  expect(server.connections()).toBe(0);
});
