import { renameSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { differences, Lab, type Tree } from '../../support/lab.js';
import { itMounts } from '../mount/mounts.js';
import { mountExfat, mountNtfs, mountRclone } from './mounts.js';

type Mount = (lab: Lab, folder: string) => Promise<unknown>;

async function failed(mountAt: Mount, tree: Tree, name = 'Run_1') {
  const lab = new Lab({ delays: ['1h'] });
  await mountAt(lab, lab.nas);
  // First contact leaves the token by which a share that is there is told from one that is gone.
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_0'));
  const run = await lab.makeRun(tree, name);
  const job = await lab.sync(run, lab.client, { patient: false });
  return { lab, run, job };
}

describe('a name that the share refuses: the file is named at the first try, and the run is what is to be changed', () => {
  const refused: [string, Mount, string, string][] = [
    ['a file on exFAT (ENOENT)', mountExfat, 'scans/10:15.tif', '10:15.tif'],
    ['a folder on exFAT (ENOENT)', mountExfat, 'well A?1/image.tif', 'well A?1'],
    ['a file with a line break on exFAT', mountExfat, 'a\nb.txt', 'a\\nb.txt'],
    ['a file on NTFS (EINVAL)', mountNtfs, 'scans/10:15.tif', '10:15.tif'],
    ['a folder that ends with a dot on NTFS', mountNtfs, 'batch 3./image.tif', 'batch 3.'],
    ['a device of Windows on NTFS', mountNtfs, 'aux.txt', 'aux.txt'],
  ];
  for (const [what, mountAt, path, shown] of refused) {
    itMounts(what, async () => {
      const { job } = await failed(mountAt, { 'a.txt': 'a', [path]: 'x' });

      expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toContain(`the target takes other names, but not "${shown}"; rename it`);
    });
  }

  itMounts('the run folder itself', async () => {
    const { job } = await failed(mountExfat, { 'a.txt': 'a' }, 'Run 12:30');

    expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
    expect(job.lastError!.message).toContain('not "Run 12:30"; rename it');
  });

  itMounts('is copied and proven once it is renamed', async () => {
    const { lab, run } = await failed(mountExfat, { 'a.txt': 'a', 'b:c.txt': 'x' });
    renameSync(join(run, 'b:c.txt'), join(run, 'b-c.txt'));
    await lab.client.retry(run);

    expect((await lab.client.waitFor(run, 'verified')).lastError).toBeNull();
    expect(await differences(run, lab.onNas(run))).toBe('');
  });
});

describe('a share without symbolic links names the link and `links: follow`', () => {
  const shares: [string, Mount][] = [
    ['exFAT (ENOSYS)', mountExfat],
    ['rclone mount (EIO)', (lab, folder) => mountRclone(lab, folder, 'writes')],
  ];
  for (const [what, mountAt] of shares) {
    itMounts(what, async () => {
      const lab = new Lab({ delays: ['1h'] });
      await mountAt(lab, lab.nas);
      const run = await lab.makeRun({ 'a.txt': 'a' });
      symlinkSync('a.txt', join(run, 'latest'));

      const job = await lab.sync(run, lab.client, { patient: false });

      expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'source_invalid' } });
      expect(job.lastError!.message).toMatch(/^"latest" is a symbolic link, .*links: follow/u);
    });
  }
});
