import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, Lab, sha256sumCheck } from '../../support/lab.js';
import { ODD_NAMES } from './odd-names.js';

const namesIn = (folder: string): string[] =>
  readdirSync(folder, { encoding: 'buffer' })
    .map((name) => name.toString('hex'))
    .sort();

it.each(Object.entries(ODD_NAMES))('brings %s byte for byte, as a file and as a folder', async (_, name) => {
  const lab = new Lab();
  const run = await lab.makeRun({});
  writeFileSync(join(run, name), name);
  mkdirSync(join(run, 'below', name), { recursive: true });
  writeFileSync(join(run, 'below', name, name), 'deeper');

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: 2, lastError: null });
  expect(namesIn(lab.onNas(run))).toEqual(namesIn(run));
  expect(namesIn(lab.onNas(run, 'below', name))).toEqual(namesIn(join(run, 'below', name)));
  expect(readFileSync(lab.onNas(run, name), 'utf8')).toBe(name);
  await sha256sumCheck(lab.onNas(run));
});

it('brings all of them in one run, twins included', async () => {
  const lab = new Lab();
  const names = Object.values(ODD_NAMES);
  const run = await lab.makeRun(Object.fromEntries(names.map((name, index) => [name, `content ${index}`])));

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', files: names.length });

  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
});

it('brings a run whose own folder is named oddly', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' }, ' Run\n"1" $(x) \\n');

  expect((await lab.sync(run)).state).toBe('verified');

  await sha256sumCheck(lab.onNas(run));
});
