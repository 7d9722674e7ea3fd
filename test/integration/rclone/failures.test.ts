import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab, listing } from '../../support/lab.js';
import { freePort } from '../../support/servers/free-port.js';
import type { SshServer } from '../../support/servers/ssh-server.js';
import { changed, failureOf } from './failing-remotes.js';
import { never, remoteOf, type RemoteName } from './remotes.js';
import { pushing, reading } from './requests.js';

const SERVERS: readonly RemoteName[] = ['sftp', 'webdav', 'smb'];

it('says so of a remote that is not configured', async () => {
  const remote = await remoteOf('local', new Lab());
  const error = await failureOf(remote.transport({ rcloneRemote: 'nobody' }).probe(never()));

  expect(error.code).toBe('not_configured');
  expect(error.message).toContain('rclone does not know this remote');
  expect(error.tool).toMatchObject({ tool: 'rclone', exitCode: 1 });
});

it.each(['webdav', 'smb'] as const)('%s: tells a wrong password', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const { stdout } = await execa('rclone', ['obscure', 'wrong']);
  const error = await failureOf((await changed(remote, { pass: stdout })).probe(never()));

  expect(error.code).toBe('auth');
  expect(error.message).toContain('refuses the key or the password');
});

it('sftp: tells a wrong key', async () => {
  const remote = await remoteOf('sftp', new Lab());
  const other = (remote.server as SshServer).otherKey();
  const error = await failureOf((await changed(remote, { key_file: other })).probe(never()));

  expect(error.code).toBe('auth');
});

it('sftp: tells a changed host key', async () => {
  const remote = await remoteOf('sftp', new Lab());
  await (remote.server as SshServer).changeHostKey();
  const error = await failureOf(remote.transport().probe(never()));

  expect(error.code).toBe('host_key');
  expect(error.message).toContain('known_hosts_file');
});

it.each(SERVERS)('%s: tells a server that is down, and goes on once it is up', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const transport = remote.transport();
  await remote.server!.goDown();
  expect((await failureOf(transport.probe(never()))).code).toBe('network');

  await remote.server!.comeUp();
  expect(await transport.probe(never())).toMatchObject({ token: null });
});

it('tells a server whose name nobody knows', async () => {
  const remote = await remoteOf('sftp', new Lab());
  const error = await failureOf((await changed(remote, { host: 'no.such.invalid' })).probe(never()));

  expect(error.code).toBe('network');
});

it.each([...SERVERS, 'local'] as const)(
  '%s: takes a missing top for a share that is not mounted, and never makes it',
  async (name) => {
    const remote = await remoteOf(name, new Lab());
    rmSync(remote.disk, { recursive: true });
    const transport = remote.transport();

    for (const asking of [
      () => transport.probe(never()),
      () => transport.imprint('token', never()),
      () => transport.hash(reading()),
      () => transport.push(pushing([], { source: '/' })),
    ]) {
      const error = await failureOf(asking());
      expect(error.code).toBe('network');
      expect(error.message).toContain('is the share mounted?');
    }
    expect(listing(join(remote.disk, '..'))).toEqual([]);
  },
);

it('tells a port where nobody listens, however its remote is called', async () => {
  const remote = await remoteOf('smb', new Lab());
  const transport = await changed(remote, { port: String(await freePort()) });
  expect((await failureOf(transport.probe(never()))).code).toBe('network');
});
