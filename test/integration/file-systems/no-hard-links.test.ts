import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRecord } from 'nas-sync';
import { describe, expect } from 'vitest';
import { differences, fill, Lab, listing, noise } from '../../support/lab.js';
import { itMounts } from '../mount/mounts.js';
import { mountExfat, mountRclone } from './mounts.js';

const TREE = { 'a.txt': 'a', 'plane 1/image.tif': noise(3_000_000), 'empty/': '' };

describe('a share without hard links', () => {
  const shares: [string, (lab: Lab, folder: string) => Promise<unknown>][] = [
    ['exFAT, whose link() answers EPERM', mountExfat],
    ['rclone mount with a cache, whose link() answers EIO', (lab, folder) => mountRclone(lab, folder, 'writes')],
    ['rclone mount without a cache', (lab, folder) => mountRclone(lab, folder, 'off')],
  ];
  for (const [what, mountAt] of shares) {
    itMounts(`is met, filled and proven: ${what}`, async () => {
      const lab = new Lab({ delays: ['1h'] });
      await mountAt(lab, lab.nas);
      const run = await lab.makeRun(TREE);

      const job = await lab.sync(run, lab.client, { patient: false });

      expect(job).toMatchObject({ state: 'verified', lastError: null });
      expect(await differences(run, lab.onNas(run))).toBe('');
      expect(listing(lab.nas).filter((path) => path.includes('.nas-sync-'))).toEqual(['.nas-sync-target.json']);
    });
  }

  itMounts('keeps a place to the run that was there first', async () => {
    const lab = new Lab({ delays: ['1h'] });
    await mountRclone(lab, lab.nas, 'writes');
    await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_0'));
    const other = join(lab.nas, 'Run_1');
    fill(other, { 'theirs.txt': 'theirs' });
    await createRecord(other);
    const theirs = readFileSync(join(other, '.exlab-wizard/creation.json'), 'utf8');

    const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }), lab.client, { patient: false });

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
    expect(readFileSync(join(other, '.exlab-wizard/creation.json'), 'utf8')).toBe(theirs);
  });
});
