import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { isRunning } from '../../support/servers/processes.js';
import { Relay } from '../../support/servers/relay.js';
import { SshServer } from '../../support/servers/ssh-server.js';
import { untilTestEnds } from '../../support/servers/until-test-ends.js';
import { MEGABYTE, makeFile, rsync, settlesWithin, sizeOf, ssh, until, workplace } from './clients.js';

/** An rsync that would take a minute, once its first bytes are there. */
async function startCopy(server: SshServer) {
  const folder = await workplace();
  await makeFile(folder, 60 * MEGABYTE);
  const copy = rsync(server, `${folder}/`, server.folder, ['--inplace', '--bwlimit=1000']);
  const arrived = () => sizeOf(join(server.folder, 'image.tif'));
  await until(async () => (await arrived()) > 0);
  return { copy, arrived };
}

it.each(['gnu', 'busybox'] as const)(
  'a cut breaks a running transfer to %s, and the next one works',
  async (flavour) => {
    const server = await untilTestEnds(SshServer.start({ flavour }));
    const { copy } = await startCopy(server);
    await server.cut();
    expect(server.pids).toHaveLength(1);
    expect(await copy).toMatchObject({ failed: true, stderr: expect.stringContaining('rsync error') });
    expect((await ssh(server, 'echo back')).stdout).toBe('back');
  },
);

it('a frozen server takes nothing, and goes on once it thaws', async () => {
  const server = await untilTestEnds(SshServer.start());
  const { copy, arrived } = await startCopy(server);
  server.freeze();
  const before = await arrived();
  const login = ssh(server, 'echo in');
  expect(await settlesWithin(login, 1000)).toBe(false);
  expect(await arrived()).toBe(before);
  server.thaw();
  expect((await login).stdout).toBe('in');
  await until(async () => (await arrived()) > before);
  await server.cut();
  await copy;
});

it('what is cut while it is frozen stays frozen', async () => {
  const server = await untilTestEnds(SshServer.start());
  server.freeze();
  await server.cut();
  const login = ssh(server, 'echo in');
  expect(await settlesWithin(login, 500)).toBe(false);
  server.thaw();
  expect((await login).stdout).toBe('in');
});

it('a server that is down refuses, and is the same once it comes up', async () => {
  const server = await untilTestEnds(SshServer.start());
  const { copy } = await startCopy(server);
  await server.goDown();
  expect((await copy).failed).toBe(true);
  expect((await ssh(server, 'true')).stderr).toContain('Connection refused');
  await server.comeUp();
  expect((await ssh(server, 'echo back')).stdout).toBe('back');
});

it('ssh refuses a changed host key', async () => {
  const server = await untilTestEnds(SshServer.start());
  await server.changeHostKey();
  const { exitCode, stderr } = await ssh(server, 'true');
  expect(exitCode).toBe(255);
  expect(stderr).toContain('Host key verification failed');
});

it('nothing is left after a stop, not even a command whose client is gone', async () => {
  const server = await untilTestEnds(SshServer.start());
  const { copy } = await startCopy(server);
  const orphan = Number((await ssh(server, 'sleep 1000 >&- 2>&- <&- & echo $!')).stdout);
  const { pids } = server;
  expect(pids).toContain(orphan);
  await server.stop();
  expect(pids.filter(isRunning)).toEqual([]);
  expect(existsSync(server.root)).toBe(false);
  await copy;
});

it('a server that cannot start says why', async () => {
  const server = await untilTestEnds(SshServer.start());
  await server.goDown();
  await appendFile(join(server.root, 'sshd_config'), 'Nonsense yes');
  await expect(server.comeUp()).rejects.toThrow(/sshd ended .* Bad configuration option: Nonsense/s);
});

it('a server does not come up where another one listens', async () => {
  const server = await untilTestEnds(SshServer.start());
  await expect(server.comeUp()).rejects.toThrow('is taken');
});

it('rsync goes through a relay', async () => {
  const server = await untilTestEnds(SshServer.start());
  const relay = await untilTestEnds(Relay.start({ to: server.port, delayMs: 25 }));
  await server.alsoKnownAt(relay.port);
  const folder = await workplace();
  await makeFile(folder, 20 * MEGABYTE);
  expect(await rsync(server, `${folder}/`, server.folder, [], relay.port)).toMatchObject({ exitCode: 0, stderr: '' });
  expect(relay.bytes).toBeGreaterThan(20 * MEGABYTE);
});
