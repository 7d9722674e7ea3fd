import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { RcloneTransport } from '#dist/transports/rclone/rclone-transport.js';
import { fill, Lab } from '../../support/lab.js';
import { EchoWebdav } from '../../support/servers/echo-webdav.js';
import { never, remoteOf } from './remotes.js';
import { reading } from './requests.js';

it('webdav with stored checksums, and an alias of it: bytes that rotted under a true checksum are damage', async () => {
  const lab = new Lab();
  const server = new EchoWebdav();
  const url = await server.start();
  lab.atEnd(() => server.stop());
  const config = lab.at('rclone.conf');
  writeFileSync(
    config,
    `[echo]\ntype = webdav\nvendor = owncloud\nurl = ${url}\n[also]\ntype = alias\nremote = echo:top\n`,
  );
  const { options } = await remoteOf('local', lab);
  const transport = new RcloneTransport({
    ...options,
    rcloneRemote: 'also',
    rcloneRemotePath: '',
    rcloneConfig: config,
  });
  lab.atEnd(() => transport.close());
  await fetch(`${url}/top`, { method: 'MKCOL' });
  const run = await lab.makeRun({ 'a.txt': 'content' });
  const client = lab.open({ transport });
  expect(await lab.sync(run, client)).toMatchObject({ state: 'verified' });

  server.rot('/top/Run_1/a.txt');

  expect(await client.forceVerify(run)).toMatchObject({ ok: false, evidence: 'read-back', mismatched: ['a.txt'] });
});

it('sftp with a command that prints a hash: what it prints is not believed', async () => {
  const remote = await remoteOf('sftp', new Lab());
  fill(remote.disk, { 'Run_1/a.txt': 'rotten' });
  process.env['RCLONE_CONFIG_SFTP_SHA1SUM_COMMAND'] = `echo ${'0'.repeat(40)}`;
  process.env['RCLONE_CONFIG_SFTP_MD5SUM_COMMAND'] = `echo ${'0'.repeat(32)}`;
  try {
    const { evidence, files } = await remote.transport().hash(reading());
    expect(evidence).toBe('read-back');
    expect(files[0]?.digest).toMatch(/^sha256:/u);
  } finally {
    delete process.env['RCLONE_CONFIG_SFTP_SHA1SUM_COMMAND'];
    delete process.env['RCLONE_CONFIG_SFTP_MD5SUM_COMMAND'];
  }
});

it('hasher, also behind an alias: an overlay that remembers hashes is refused by name', async () => {
  const lab = new Lab();
  const remote = await remoteOf('local', lab);
  const config = lab.at('rclone.conf');
  writeFileSync(
    config,
    `[stale]\ntype = hasher\nremote = ${remote.disk}\nhashes = sha256\nmax_age = off\n[also]\ntype = alias\nremote = stale:\n`,
  );
  for (const rcloneRemote of ['stale', 'also']) {
    const transport = remote.transport({ rcloneRemote, rcloneRemotePath: '', rcloneConfig: config });
    await expect(transport.hash(reading())).rejects.toMatchObject({ code: 'not_configured' });
    await expect(transport.hashName(never())).rejects.toThrow('hasher');
  }
});
