import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, Lab, sha256sumCheck } from '../../support/lab.js';

const FOLDERS = 100;
const FILES_IN_EACH = 500;

it('verifies 50,000 tiny files', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({});
  for (let folder = 0; folder < FOLDERS; folder += 1) {
    mkdirSync(join(run, `${folder}`));
    for (let file = 0; file < FILES_IN_EACH; file += 1) {
      writeFileSync(join(run, `${folder}`, `${file}.txt`), `${folder} ${file}`);
    }
  }

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', files: FOLDERS * FILES_IN_EACH, attempts: 0 });
  expect(await lab.copied(run)).toEqual([FOLDERS * FILES_IN_EACH]);
  await sha256sumCheck(lab.onNas(run));
  expect(await differences(run, lab.onNas(run))).toBe('');
});
