import { renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { DAMAGES, TREE } from './damage.js';

it.each(Object.entries(DAMAGES))('finds %s, names it, and leaves the job alone', async (_, damage) => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  symlinkSync('a.bin', join(run, 'to-a'));
  await lab.sync(run);
  const before = [await lab.client.job(run), await lab.client.history(run)];
  damage.does(lab.onNas(run));

  const result = await lab.client.forceVerify(run);

  const { mismatched = [], missing = [], extra = [] } = damage;
  expect(result).toMatchObject({ ok: false, mismatched, missing, extra, files: 4 });
  expect([await lab.client.job(run), await lab.client.history(run)]).toEqual(before);
});

it('finds nothing where nothing is wrong, and reads past the page cache to say so', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);

  const result = await lab.client.forceVerify(run);

  expect(result).toMatchObject({ runPath: run, ok: true, mismatched: [], missing: [], extra: [], files: 4 });
  expect(['read-back', 'cached-read']).toContain(result.evidence);
});

it('takes a decomposed name on the NAS for another than the composed one of the run', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'caf\u00e9.txt': 'x' });
  await lab.sync(run);
  renameSync(lab.onNas(run, 'caf\u00e9.txt'), lab.onNas(run, 'cafe\u0301.txt'));

  const result = await lab.client.forceVerify(run);

  expect(result).toMatchObject({ ok: false, missing: ['caf\u00e9.txt'], extra: ['cafe\u0301.txt'] });
});

it('counts a pipe, and a name that is not UTF-8, among what does not belong there', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', '\\xff': 'looks like what the other is printed as' });
  await lab.sync(run);
  await execa('mkfifo', [lab.onNas(run, 'pipe')]);
  renameSync(lab.onNas(run, 'a.txt'), Buffer.concat([Buffer.from(`${lab.onNas(run)}/`), Buffer.from([0xff])]));

  const result = await lab.client.forceVerify(run);

  expect(result).toMatchObject({ ok: false, missing: ['a.txt'], extra: ['\\xff', 'pipe'] });
});

it('names every file where the whole copy is gone', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  rmSync(lab.onNas(run), { recursive: true });

  const result = await lab.client.forceVerify(run);

  const seal = ['.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];
  expect(result).toMatchObject({ ok: false, missing: ['a.bin', 'b.bin', 'd.txt', 'sub', 'sub/c.bin', ...seal] });
});
