import { describe, expect } from 'vitest';
import { differences, Lab, type Tree } from '../../support/lab.js';
import { itMounts, mountTmpfs } from '../mount/mounts.js';
import { mountExfat } from './mounts.js';

async function sync(mountAt: (lab: Lab) => Promise<unknown>, tree: Tree) {
  const lab = new Lab({ delays: ['1h'] });
  await mountAt(lab);
  const run = await lab.makeRun(tree);
  return { lab, run, job: await lab.sync(run, lab.client, { patient: false }) };
}

describe('two names of a run that the share takes for one', () => {
  const twins: [string, Tree, string, string][] = [
    ['files', { 'Image.tif': '1', 'image.tif': '2', 'b.txt': 'b' }, 'image.tif', 'Image.tif'],
    ['folders', { 'Plate/a.tif': '1', 'plate/b.tif': '2' }, 'plate', 'Plate'],
    ['files deeper down, beyond ASCII', { 'x/Ärger.txt': '1', 'x/ärger.txt': '2' }, 'x/ärger.txt', 'x/Ärger.txt'],
  ];
  for (const [what, tree, second, first] of twins) {
    itMounts(`are both named, and neither is written over the other: ${what} on exFAT`, async () => {
      const { job } = await sync((lab) => mountExfat(lab, lab.nas), tree);

      expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toContain(
        `"${second}" and "${first}" are one name on the target; rename one of them`,
      );
    });
  }

  itMounts('are two files where the share tells them apart', async () => {
    const { lab, run, job } = await sync((lab) => mountTmpfs(lab, lab.nas, '8m'), {
      ...{ 'Image.tif': '1', 'image.tif': '2', 'e\u0301.txt': '3', 'é.txt': '4' },
    });

    expect(job).toMatchObject({ state: 'verified', lastError: null });
    expect(await differences(run, lab.onNas(run))).toBe('');
  });
});
