import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRunning } from '../../support/servers/processes.js';
import { rcloneConfig } from '../../support/servers/rclone-remotes.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { WebdavServer } from '../../support/servers/webdav-server.js';
import { makeFile, MEGABYTE, rclone, settlesWithin, sizeOf, until, workplace } from './clients.js';

async function start() {
  const server = await untilTestEnds(WebdavServer.start());
  return { server, config: await rcloneConfig({ webdav: server }), folder: await workplace() };
}

it('rclone copies to the disk of the WebDAV server, and lists what is there', async () => {
  const { server, config, folder } = await start();
  const content = await makeFile(folder, MEGABYTE);
  expect(await rclone(config, 'copy', folder, 'webdav:Run_1')).toMatchObject({ exitCode: 0 });
  expect(content.equals(await readFile(join(server.folder, 'Run_1', 'image.tif')))).toBe(true);
  const { stdout } = await rclone(config, 'lsjson', 'webdav:Run_1');
  expect(JSON.parse(stdout)).toMatchObject([{ Name: 'image.tif', Size: MEGABYTE }]);
});

it('what changes on its disk is seen at once', async () => {
  const { server, config } = await start();
  await writeFile(join(server.folder, 'a'), 'first');
  expect((await rclone(config, 'cat', 'webdav:a')).stdout).toBe('first');
  await writeFile(join(server.folder, 'a'), 'and second');
  expect((await rclone(config, 'cat', 'webdav:a')).stdout).toBe('and second');
});

it('without the password nothing is served', async () => {
  const { server } = await start();
  expect((await fetch(server.url)).status).toBe(401);
});

it('a cut breaks a running transfer, and the next one works', async () => {
  const { server, config, folder } = await start();
  await makeFile(folder, 60 * MEGABYTE);
  const copy = rclone(config, 'copy', '--bwlimit', '1M', folder, 'webdav:');
  await until(async () => (await sizeOf(join(server.folder, 'image.tif'))) > 0);
  await server.cut();
  expect(await copy).toMatchObject({ failed: true });
  expect(await rclone(config, 'lsjson', 'webdav:')).toMatchObject({ exitCode: 0 });
});

it('a frozen server stalls, one that is down refuses', async () => {
  const { server, config } = await start();
  server.freeze();
  const list = rclone(config, 'lsjson', 'webdav:');
  expect(await settlesWithin(list, 1000)).toBe(false);
  server.thaw();
  expect(await list).toMatchObject({ exitCode: 0 });
  await server.goDown();
  expect((await rclone(config, 'lsjson', 'webdav:')).stderr).toContain('connection refused');
  await server.comeUp();
  expect(await rclone(config, 'lsjson', 'webdav:')).toMatchObject({ exitCode: 0 });
});

it('nothing is left after a stop', async () => {
  const { server } = await start();
  const { pids } = server;
  expect(pids).toHaveLength(1);
  await server.stop();
  expect(pids.filter(isRunning)).toEqual([]);
  expect(existsSync(server.root)).toBe(false);
});
