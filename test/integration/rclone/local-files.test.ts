import { appendFileSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { SourceChanged } from '#dist/errors.js';
import { Lab, listing, noise } from '../../support/lab.js';
import { never, remoteOf } from './remotes.js';
import { pushOf } from './requests.js';

const MIB = 1024 * 1024;

it('tells a file that changes while it is sent, and one that is gone', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const run = await lab.makeRun({ 'a.bin': noise(64 * MIB), 'b.txt': 'b' });
  const transport = remote.transport({ transfers: 1 });

  // rclone reads 16 MiB ahead.
  const pushing = transport.push(await pushOf(run, { capKiBps: () => 8 * 1024 }));
  setTimeout(() => appendFileSync(join(run, 'a.bin'), 'more'), 2500);
  await expect(pushing).rejects.toBeInstanceOf(SourceChanged);

  const request = await pushOf(run);
  rmSync(join(run, 'b.txt'));
  await expect(transport.push(request)).rejects.toMatchObject({
    code: 'local_file_vanished',
    message: expect.stringContaining('b.txt'),
  });
});

it('brings files back, and says so of one that is not there', async () => {
  const lab = new Lab();
  const remote = await remoteOf('webdav', lab);
  const run = await lab.makeRun({ 'a b.txt': 'a', 'sub/é.bin': noise(MIB), 'not asked for.txt': 'n' });
  await lab.sync(run, lab.open({ transport: remote.transport() }));
  const into = lab.at('back');
  mkdirSync(into);
  const asking = { target: 'Run_1', into, capKiBps: () => null, signal: never(), onProgress: () => undefined };

  const fetched = await remote.transport().fetch({ ...asking, paths: ['a b.txt', 'sub/é.bin'] });

  expect(fetched).toMatchObject({ files: 2, bytes: MIB + 1 });
  expect(listing(into)).toEqual(['a b.txt', 'sub/', 'sub/é.bin']);
  expect(statSync(join(into, 'sub/é.bin')).size).toBe(MIB);
  await expect(remote.transport().fetch({ ...asking, paths: ['gone.txt'] })).rejects.toMatchObject({
    message: expect.stringContaining('gone.txt'),
  });
});
