import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRunning } from '../../support/servers/processes.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { SmbServer } from '../../support/servers/smb-server.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { makeFile, MEGABYTE, rclone, settlesWithin, sizeOf, until, workplace } from './clients.js';

async function start() {
  const server = await untilTestEnds(SmbServer.start());
  return { server, config: await rcloneConfig({ smb: server }), folder: await workplace() };
}

it('rclone copies to the disk of the SMB server, and lists what is there', async () => {
  const { server, config, folder } = await start();
  const content = await makeFile(folder, MEGABYTE);
  expect(await rclone(config, 'copy', folder, `smb:${server.share}/Run_1`)).toMatchObject({ exitCode: 0 });
  expect(content.equals(await readFile(join(server.folder, 'Run_1', 'image.tif')))).toBe(true);
  const { stdout } = await rclone(config, 'lsjson', `smb:${server.share}/Run_1`);
  expect(JSON.parse(stdout)).toMatchObject([{ Name: 'image.tif', Size: MEGABYTE }]);
});

it('another password is refused', async () => {
  const { server } = await start();
  Object.assign(server, { password: 'another' });
  const config = await rcloneConfig({ smb: server });
  expect((await rclone(config, 'lsjson', `smb:${server.share}`)).stderr).toContain('logon is invalid');
});

it('a cut breaks a running transfer, and the next one works', async () => {
  const { server, config, folder } = await start();
  const idle = server.pids.length;
  await makeFile(folder, 60 * MEGABYTE);
  const copy = rclone(config, 'copy', '--bwlimit', '1M', folder, `smb:${server.share}/Run_1`);
  await until(async () => (await sizeOf(join(server.folder, 'Run_1', 'image.tif'))) > 0);
  expect(server.pids.length).toBeGreaterThan(idle);
  await server.cut();
  expect(server.pids).toHaveLength(idle);
  expect(await copy).toMatchObject({ failed: true });
  await writeFile(join(server.folder, 'a'), 'again');
  expect((await rclone(config, 'cat', `smb:${server.share}/a`)).stdout).toBe('again');
});

it('a frozen server stalls, one that is down refuses', async () => {
  const { server, config } = await start();
  server.freeze();
  const list = rclone(config, 'lsjson', `smb:${server.share}`);
  expect(await settlesWithin(list, 1000)).toBe(false);
  server.thaw();
  expect(await list).toMatchObject({ exitCode: 0 });
  await server.goDown();
  expect((await rclone(config, 'lsjson', `smb:${server.share}`)).stderr).toContain('connection refused');
  await server.comeUp();
  expect(await rclone(config, 'lsjson', `smb:${server.share}`)).toMatchObject({ exitCode: 0 });
});

it('nothing is left after a stop', async () => {
  const { server } = await start();
  const { pids } = server;
  await server.stop();
  expect(pids.filter(isRunning)).toEqual([]);
  expect(existsSync(server.root)).toBe(false);
});
