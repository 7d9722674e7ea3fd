import { readFileSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing, sha256sumCheck } from '../../support/lab.js';

it('writes the manifest and then the record last of all that it writes on the NAS', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.txt': 'b', '.exlab-wizard/notes.txt': 'n' });

  await lab.sync(run);

  const written = (path: string) => statSync(lab.onNas(run, path), { bigint: true }).ctimeNs;
  const manifest = written('.exlab-wizard/checksums.sha256');
  const record = written('.exlab-wizard/creation.json');
  const others = ['a.txt', 'sub/b.txt', '.exlab-wizard/notes.txt'].map(written);
  expect(others.every((at) => at < manifest)).toBe(true);
  expect(manifest).toBeLessThan(record);
});

it('brings what else lies beside the record, and proves nothing about it', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  fill(run, { '.exlab-wizard/notes.txt': 'by hand', '.exlab-wizard/sub/x': 'x' });

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: 1 });
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/notes.txt'), 'utf8')).toBe('by hand');
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/sub/x'), 'utf8')).toBe('x');
  expect(manifestNames(lab.onNas(run))).toEqual(['a.txt']);
});

it('leaves nothing of its own beside the record but manifest and record', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });

  await lab.sync(run);

  expect(listing(lab.onNas(run, '.exlab-wizard'))).toEqual(['checksums.sha256', 'creation.json']);
  expect(listing(`${run}/.exlab-wizard`)).toEqual(['checksums.sha256', 'creation.json']);
});

it('takes a folder that is named like the record folder, deeper down, for data', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'sub/.exlab-wizard/creation.json': 'data', 'other/.exlab-wizard': 'a file' });

  await lab.sync(run);

  expect(manifestNames(lab.onNas(run))).toEqual(['other/.exlab-wizard', 'sub/.exlab-wizard/creation.json']);
  await sha256sumCheck(lab.onNas(run));
});

it('verifies a run without files as what it is, and says so in the manifest', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'planned/': '' });

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: 0, bytes: 0 });
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toMatch(/^# .*no files/u);
  expect(await differences(run, lab.onNas(run))).toBe('');
});

const manifestNames = (folder: string): string[] =>
  readFileSync(`${folder}/.exlab-wizard/checksums.sha256`, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => line.slice(66));
