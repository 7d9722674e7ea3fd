import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { fill, Lab, noise } from '../../support/lab.js';

/** A second under the cap: time for the host to write beside the record. */
const setUp = async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(512 * 1024), 'b.bin': noise(512 * 1024, 2) });
  fill(run, { '.exlab-wizard/host.tmp': 'of a moment', '.exlab-wizard/notes.txt': 'one\n' });
  await lab.pushing(run);
  return { lab, run };
};

it('is not held up by a file beside the record that the host removes during the push', async () => {
  const { lab, run } = await setUp();
  rmSync(join(run, '.exlab-wizard/host.tmp'));

  const job = await lab.client.waitFor(run, 'verified');

  expect(job).toMatchObject({ attempts: 0, lastError: null });
});

it('is not held up by a file beside the record that the host writes to during the push', async () => {
  const { lab, run } = await setUp();
  appendFileSync(join(run, '.exlab-wizard/notes.txt'), 'two\n');

  await lab.client.waitFor(run, 'verified');

  expect(await lab.events(run)).not.toContain('push.deferred');
  expect(readFileSync(lab.onNas(run, '.exlab-wizard/notes.txt'), 'utf8')).toBe('one\ntwo\n');
});
