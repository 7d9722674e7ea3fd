import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing } from '../../support/lab.js';

it('refuses a place that another run owns, and leaves its bytes alone', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'mine' });
  const theirs = JSON.stringify({ schema_version: '1.0', nas_sync_run_id: 'another' });
  fill(lab.onNas(run), { 'a.txt': 'theirs', '.exlab-wizard/creation.json': theirs });
  const before = listing(lab.onNas(run));

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job.lastError!.message).toContain('belongs to another run');
  expect(readFileSync(lab.onNas(run, 'a.txt'), 'utf8')).toBe('theirs');
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/creation.json'), 'utf8')).toBe(theirs);
  expect(listing(lab.onNas(run))).toEqual(before);
});

it('refuses a place whose owner cannot be read', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'mine' });
  fill(lab.onNas(run), { '.exlab-wizard/creation.json': '{"nas_sync' });

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(listing(lab.onNas(run))).toEqual(['.exlab-wizard/', '.exlab-wizard/creation.json']);
});

it('brings two runs whose folders have one name to two places', async () => {
  const lab = new Lab();
  const one = await lab.makeRun({ 'a.txt': 'of the first' }, 'PROJ-1/Runs/Run_X');
  const two = await lab.makeRun({ 'a.txt': 'of the second' }, 'PROJ-2/Runs/Run_X');

  await lab.sync(one);
  await lab.sync(two);

  expect(lab.onNas(one)).not.toBe(lab.onNas(two));
  expect(await differences(one, lab.onNas(one))).toBe('');
  expect(await differences(two, lab.onNas(two))).toBe('');
});
