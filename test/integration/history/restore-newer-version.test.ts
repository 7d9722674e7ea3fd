import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab, sha256sumCheck } from '../../support/lab.js';

it('an older queue takes the version that was proven since by `restore --overwrite`, and goes on by a retry', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.raw': 'half', 'c.raw': 'the same' });
  const first = lab.open();
  await lab.sync(run, first);
  await first.close();
  cpSync(lab.at('queue.db'), lab.at('old.db'));
  writeFileSync(join(run, 'a.raw'), 'whole');
  writeFileSync(join(run, 'b.raw'), 'written later');
  const second = lab.open();
  await lab.sync(run, second);
  await second.close();

  // The image of the first day is written back, with its queue.
  writeFileSync(join(run, 'a.raw'), 'half');
  rmSync(join(run, 'b.raw'));
  const old = lab.open({ database: lab.at('old.db') });
  await old.requestPass(run, 'test');
  expect((await old.waitFor(run, 'failed')).lastError).toMatchObject({ kind: 'target_conflict' });

  expect(await old.restore(run, { overwrite: true })).toMatchObject({ restored: 2, mismatched: [], conflicts: [] });
  await old.retry(run);
  await old.waitFor(run, 'verified');
  await old.idle();

  expect(readFileSync(join(run, 'a.raw'), 'utf8')).toBe('whole');
  expect(readFileSync(join(run, 'b.raw'), 'utf8')).toBe('written later');
  await sha256sumCheck(lab.onNas(run));
});
