import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import type { NasSyncError } from 'nas-sync';
import { expect, it } from 'vitest';
import { fill, Lab, sha256sumCheck } from '../../support/lab.js';
import { itMounts, mountTmpfs } from '../mount/mounts.js';
import { isProven, onNas } from './set-aside.js';

/** A run part of which is on a disk of its own. */
async function withDisk(lab: Lab): Promise<{ run: string; away: () => Promise<unknown> }> {
  const run = await lab.makeRun({ 'a.raw': 'a' });
  const disk = join(run, 'disk');
  await mountTmpfs(lab, disk, '1m');
  fill(disk, { 'b.raw': 'b', 'c.raw': 'c' });
  return { run, away: () => execa('umount', [disk]) };
}

itMounts('files of a disk that is not mounted are not taken for removed, until a person says so', async () => {
  const lab = new Lab();
  const { run, away } = await withDisk(lab);
  await lab.sync(run);
  await away();

  const refused = await lab.sync(run);

  expect(refused).toMatchObject({ state: 'failed', lastError: { kind: 'local_file_vanished' } });
  expect(refused.lastError!.message).toMatch(/mount its disk again, or say .*`nas-sync accept-removal /u);
  expect(onNas(lab, run)).toEqual(['a.raw', 'disk/', 'disk/b.raw', 'disk/c.raw']);

  await lab.client.acceptRemoval(run, { by: 'ada', reason: 'the disk is dead' });
  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();
  await isProven(lab, run);
  expect(onNas(lab, run)).toEqual(['a.raw', 'aside:disk/', 'aside:disk/b.raw', 'aside:disk/c.raw', 'disk/']);
  const retried = (await lab.client.history(run)).find(({ event }) => event === 'retried');
  expect(retried).toMatchObject({
    detail: { by: 'ada', reason: expect.stringContaining('the disk is dead') as string },
  });
});

it('what nas-sync never put on the NAS stays there until a person names it', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'a' });
  await lab.sync(run);
  fill(lab.onNas(run), { 'results/plot.png': "a colleague's" });
  await lab.client.requestPass(run, 'test');

  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();
  await expect(lab.client.acceptRemoval(run, { reason: 'x' })).rejects.toMatchObject({ code: 'usage' });
  expect(onNas(lab, run)).toContain('results/plot.png');

  await lab.client.acceptRemoval(run, { files: ['results'], reason: 'it was copied to the share of the group' });
  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();
  await isProven(lab, run);
  expect(onNas(lab, run)).toEqual(['a.raw', 'aside:results/', 'aside:results/plot.png']);
});

it('a file that neither side holds any more is forgotten by a person only', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'a', 'b.raw': 'b' });
  await lab.sync(run);
  unlinkSync(join(run, 'b.raw'));
  unlinkSync(lab.onNas(run, 'b.raw'));

  const lost = await lab.sync(run);

  expect(lost).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(lost.lastError!.message).toMatch(/neither side holds any more: b\.raw/u);
  await lab.client.acceptRemoval(run, { reason: 'lost for good' });
  await lab.client.waitFor(run, 'verified');
  await lab.client.idle();
  await isProven(lab, run);
  expect((await lab.client.explain(run)).removed).toMatchObject([{ path: 'b.raw', setAsideTo: null }]);
});

const REFUSED: Readonly<Record<string, { files?: string[]; reason: string; code: string }>> = {
  'without a reason': { reason: ' ', code: 'usage' },
  'of a file that is here': { files: ['a.raw'], reason: 'r', code: 'usage' },
  'of the record': { files: ['.exlab-wizard/notes.txt'], reason: 'r', code: 'usage' },
  'of what is not in the run': { files: ['../Run_2/a'], reason: 'r', code: 'usage' },
  'where nothing is missing': { reason: 'r', code: 'usage' },
};

it.each(Object.entries(REFUSED))('a removal %s is not accepted', async (_, { code, ...options }) => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'a' });
  await lab.sync(run);
  const before = await lab.client.history(run);

  await expect(lab.client.acceptRemoval(run, options)).rejects.toMatchObject({ code });

  expect(await lab.client.history(run)).toEqual(before);
});

it('where the queue is lost as well, a person may say that the file is gone for good', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.tdf': 'a', 'a.tdf-wal': 'w' });
  await lab.sync(run);
  await lab.client.close();
  unlinkSync(join(run, 'a.tdf-wal'));
  const other = lab.open({ database: lab.at('another.db') });
  const refusal = (await other.enqueue(run).catch((error: unknown) => error)) as NasSyncError;
  expect(refusal).toMatchObject({ code: 'not_allowed' });
  expect(refusal.message).not.toMatch(/put (?:it|what is missing) back/u);

  await other.acceptRemoval(run, { reason: 'the program closed it' });
  await other.waitFor(run, 'verified');
  await other.idle();

  await sha256sumCheck(lab.onNas(run));
  expect(onNas(lab, run)).toEqual(['a.tdf', 'aside:a.tdf-wal']);
});
