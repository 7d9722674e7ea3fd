import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';

/** Puts a link to a folder of somebody else in the place of `path` on the NAS; what it held goes there too. */
function divert(lab: Lab, run: string, path: string): string {
  const elsewhere = lab.at('elsewhere');
  cpSync(lab.onNas(run, path), elsewhere, { recursive: true });
  rmSync(lab.onNas(run, path), { recursive: true });
  symlinkSync(elsewhere, lab.onNas(run, path));
  return elsewhere;
}

it.each(['sub', '.exlab-wizard'])('writes nothing through a link that stands on the NAS for %s', async (folder) => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  await lab.sync(run);
  const elsewhere = divert(lab, run, folder);
  const before = listing(elsewhere);
  fill(run, { 'sub/new.txt': 'new' });

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job.lastError!.message).toContain(folder);
  expect(listing(elsewhere)).toEqual(before);
  expect(listing(lab.onNas(run))).not.toContain('sub/new.txt');
});

it('writes nothing through a link that stands for a folder on the way to the run', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' }, 'PROJ/Run_1');
  mkdirSync(lab.at('elsewhere'));
  symlinkSync(lab.at('elsewhere'), `${lab.nas}/PROJ`);

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(listing(lab.at('elsewhere'))).toEqual([]);
});

it('replaces a link that stands for a file of the run, and leaves what it leads to', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.sync(run);
  renameSync(lab.onNas(run, 'a.txt'), lab.at('elsewhere.txt'));
  fill(lab.root, { 'elsewhere.txt': 'theirs' });
  symlinkSync(lab.at('elsewhere.txt'), lab.onNas(run, 'a.txt'));

  await lab.client.requestPass(run, 'test');
  const job = await lab.client.waitFor(run, 'verified');

  expect(job.lastError).toBeNull();
  expect(listing(lab.onNas(run))).toContain('a.txt');
});
