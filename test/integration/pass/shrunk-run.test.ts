import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab, listing, type Tree } from '../../support/lab.js';
import { TREE } from './damage.js';

const empty = (run: string, tree: Tree): void => {
  for (const path of Object.keys(tree)) rmSync(join(run, path));
};

async function emptied() {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  const manifest = readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8');
  empty(run, TREE);
  return { lab, run, manifest };
}

it('refuses a run that was emptied, and leaves the NAS as it is', async () => {
  const { lab, run, manifest } = await emptied();
  const before = listing(lab.onNas(run));

  await lab.client.requestPass(run, 'test');
  const job = await lab.client.waitFor(run, 'failed');

  expect(job.lastError).toMatchObject({ kind: 'local_file_vanished' });
  expect(listing(lab.onNas(run))).toEqual(before);
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toBe(manifest);
});

it('refuses it by every retry', async () => {
  const { lab, run, manifest } = await emptied();
  await lab.client.requestPass(run, 'test');
  await lab.client.waitFor(run, 'failed');

  await lab.client.retry(run);
  const job = await lab.client.waitFor(run, 'failed');

  expect(job.lastError).toMatchObject({ kind: 'local_file_vanished' });
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toBe(manifest);
});

const MAY_BE_THE_ONLY_COPIES = {
  code: 'not_allowed',
  message: expect.stringMatching(/the only copies of .* may be those on the NAS .*`nas-sync restore /u) as string,
};

it('refuses an emptied run where the queue was lost too', async () => {
  const { lab, run, manifest } = await emptied();

  const answer = lab.sync(run, lab.open({ database: lab.at('another.db') }));

  await expect(answer).rejects.toMatchObject(MAY_BE_THE_ONLY_COPIES);
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toBe(manifest);
});

it('keeps the good manifest where queue, run and NAS copy are all empty', async () => {
  const { lab, run, manifest } = await emptied();
  empty(lab.onNas(run), TREE);
  rmSync(join(run, 'sub'), { recursive: true });
  rmSync(lab.onNas(run, 'sub'), { recursive: true });

  const answer = lab.sync(run, lab.open({ database: lab.at('another.db') }));

  await expect(answer).rejects.toMatchObject(MAY_BE_THE_ONLY_COPIES);
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/checksums.sha256'), 'utf8')).toBe(manifest);
});
