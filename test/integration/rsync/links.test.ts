import { lstatSync, mkdirSync, readFileSync, readlinkSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, fill, sha256sumCheck } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

describe.each(FLAVOURS)('on a server with a %s account', (flavour) => {
  it('links inside the run are kept as they are, dangling ones and odd ones too', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun({ 'data/a.txt': 'a' });
    mkdirSync(join(run, 'links'));
    const links = {
      file: '../data/a.txt',
      folder: '../data',
      dangling: 'nothing\nthere -> x',
      'odd\n -> name': 'file',
    };
    for (const [name, to] of Object.entries(links)) symlinkSync(to, join(run, 'links', name));

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', files: 1, lastError: null });

    for (const [name, to] of Object.entries(links)) expect(readlinkSync(lab.onNas(run, 'links', name))).toBe(to);
    expect(await differences(run, lab.onNas(run))).toBe('');
  });

  it('with `links: follow` the file arrives in place of its link, and the manifest says so', async () => {
    const lab = await RsyncLab.with(flavour, { transport: { links: 'follow' } });
    const run = await lab.makeRun({ 'data/a.txt': 'a' });
    symlinkSync('data/a.txt', join(run, 'newest'));

    expect(await lab.sync(run)).toMatchObject({ state: 'verified', files: 2, lastError: null });

    expect(lstatSync(lab.onNas(run, 'newest')).isFile()).toBe(true);
    expect(readFileSync(lab.onNas(run, 'newest'), 'utf8')).toBe('a');
    const manifest = readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8').split('\n');
    expect(manifest[0]).toMatch(/^# nas-sync: newest is a link to data\/a\.txt in the run/);
    await sha256sumCheck(lab.onNas(run));
  });
});

it('a link that stands on the server in place of a folder is not followed', async () => {
  const lab = await RsyncLab.with('gnu');
  const run = await lab.makeRun({ 'sub/a.txt': 'a' });
  fill(lab.server.folder, { 'elsewhere/': '', 'Run_1/': '' });
  symlinkSync('../elsewhere', lab.onNas(run, 'sub'));

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(await differences(join(lab.server.folder, 'elsewhere'), lab.onNas(run, 'sub'))).toBe('');
});
