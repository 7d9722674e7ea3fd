import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { Lab, listing } from '../../support/lab.js';
import { itMounts, mountTmpfs, remount } from './mounts.js';

itMounts('fails for a share that is read-only at first contact, in words that say what to do', async () => {
  const lab = new Lab();
  await mountTmpfs(lab, lab.nas, '8m');
  await remount(lab.nas, 'ro');

  const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'auth' } });
  expect(job.lastError!.message).toBe(`${lab.nas}: the target is read-only; mount it for writing, then retry (EROFS)`);
});

itMounts('fails for a share that became read-only, and ends after a retry once it is writable', async () => {
  const lab = new Lab();
  await mountTmpfs(lab, lab.nas, '8m');
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_1'));
  await remount(lab.nas, 'ro');
  const run = await lab.makeRun({ 'b.txt': 'b' }, 'Run_2');

  expect(await lab.sync(run)).toMatchObject({ state: 'failed', lastError: { kind: 'auth' } });
  expect(listing(lab.nas)).not.toContain('Run_2/');

  await remount(lab.nas, 'rw');
  await lab.client.retry(run);
  expect((await lab.client.waitFor(run, 'verified')).lastError).toBeNull();
});

itMounts('says read-only, and not gone, for a run whose place is there already', async () => {
  const lab = new Lab();
  await mountTmpfs(lab, lab.nas, '8m');
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.sync(run);
  await remount(lab.nas, 'ro');
  writeFileSync(join(run, 'b.txt'), 'b');

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'auth' } });
  expect(job.lastError!.message).toContain('read-only');
});
