import { mkdirSync } from 'node:fs';
import { expect } from 'vitest';
import { Lab } from '../../support/lab.js';
import { itMounts, mirror } from './mounts.js';

itMounts('bindfs: what a daemon may have answered from a cache is cached-read, and allows no deletion', async () => {
  const lab = new Lab();
  const disk = lab.at('disk');
  mkdirSync(disk);
  await mirror(lab, disk, lab.nas);
  const run = await lab.makeRun({ 'a.txt': 'content' });
  expect(await lab.sync(run)).toMatchObject({ state: 'verified' });

  const { deletion } = await lab.client.explain(run);

  expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, evidence: 'cached-read' });
  expect(deletion.interlocks.find(({ name }) => name === 'evidence')).toMatchObject({
    ...{ ok: false, measured: 'cached-read', required: 'read-back or stronger' },
  });
});
