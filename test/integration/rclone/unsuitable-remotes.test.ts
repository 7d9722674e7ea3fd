import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { never, REMOTES, remoteOf } from './remotes.js';

it.each(REMOTES)('%s: says for doctor what the remote can do', async (name) => {
  const remote = await remoteOf(name, new Lab());
  const lines = await remote.transport().examine(never());

  expect(lines.every(({ ok }) => ok)).toBe(true);
  const text = lines.map(({ detail, fix }) => `${detail} ${fix ?? ''}`).join('\n');
  expect(text).toMatch(
    { local: /read directly/u, sftp: /sha1 .*1\.71|1\.71/su, webdav: /read-back/u, smb: /Colon/u }[name],
  );
});

it('says for doctor what is wrong with a remote', async () => {
  const remote = await remoteOf('sftp', new Lab());
  await remote.server!.goDown();

  const [line] = await remote.transport().examine(never());

  expect(line).toMatchObject({ ok: false, detail: expect.stringContaining('cannot be reached') });
});

it('refuses a remote that stores other names or contents', async () => {
  const remote = await remoteOf('local', new Lab());
  const config = `${remote.options.rcloneConfig!}.crypt`;
  writeFileSync(config, '[x]\ntype = hasher\nremote = /tmp\nhashes = sha256\n[also]\ntype = alias\nremote = x:\n');
  const transport = remote.transport({ rcloneRemote: 'also', rcloneRemotePath: '', rcloneConfig: config });

  await expect(transport.hashName(never())).rejects.toMatchObject({
    code: 'not_configured',
    message: expect.stringContaining('hasher'),
  });
});
