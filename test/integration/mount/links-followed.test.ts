import { lstatSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab, listing, sha256sumCheck, type LabOptions } from '../../support/lab.js';

const FOLLOW: LabOptions = { links: 'follow' };
const MANIFEST = '.exlab-wizard/checksums.sha256';

it('copies the file that a link leads to, and the manifest says so', async () => {
  const lab = new Lab(FOLLOW);
  const run = await lab.makeRun({ 'data/a.tif': 'content' });
  symlinkSync('data/a.tif', join(run, 'newest.tif'));

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: 2, lastError: null });
  expect(lstatSync(lab.onNas(run, 'newest.tif')).isFile()).toBe(true);
  expect(readFileSync(lab.onNas(run, 'newest.tif'), 'utf8')).toBe('content');
  expect(readFileSync(lab.onNas(run, MANIFEST), 'utf8').split('\n')[0]).toBe(
    '# nas-sync: newest.tif is a link to data/a.tif in the run; the file was copied',
  );
  await sha256sumCheck(lab.onNas(run));
});

it('proves it again without copying it again', async () => {
  const lab = new Lab(FOLLOW);
  const run = await lab.makeRun({ 'data/a.tif': 'content' });
  symlinkSync('data/a.tif', join(run, 'newest.tif'));
  await lab.sync(run);

  expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, files: 2 });
});

it('takes a link that leads elsewhere since for new data', async () => {
  const lab = new Lab(FOLLOW);
  const run = await lab.makeRun({ 'a.tif': 'first', 'b.tif': 'second' });
  symlinkSync('a.tif', join(run, 'newest.tif'));
  await lab.sync(run);
  rmSync(join(run, 'newest.tif'));
  symlinkSync('b.tif', join(run, 'newest.tif'));

  await lab.sync(run);

  expect(readFileSync(lab.onNas(run, 'newest.tif'), 'utf8')).toBe('second');
});

it('refuses a link to a folder by name, before a byte moves', async () => {
  const lab = new Lab(FOLLOW);
  const run = await lab.makeRun({ 'data/a.tif': 'content' });
  symlinkSync('data', join(run, 'newest'));

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
  expect(job.lastError!.message).toContain('"newest" links to "data"');
  expect(listing(lab.nas)).toEqual(['.nas-sync-target.json']);
});

it('keeps a real file that has taken the place of the link', async () => {
  const lab = new Lab(FOLLOW);
  const run = await lab.makeRun({ 'a.tif': 'first' });
  symlinkSync('a.tif', join(run, 'newest.tif'));
  await lab.sync(run);
  rmSync(join(run, 'newest.tif'));
  writeFileSync(join(run, 'newest.tif'), 'its own');

  expect(await lab.sync(run)).toMatchObject({ state: 'verified' });
  expect(readFileSync(lab.onNas(run, MANIFEST), 'utf8')).not.toContain('#');
});
