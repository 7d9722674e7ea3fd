import { closeSync, fsyncSync, openSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { Lab } from '../../support/lab.js';
import { mount, mountExt4, mountTmpfs } from '../mount/mounts.js';

const FILLERS = ['filler-1', 'filler-2', 'filler-3'];

/** Leaves no free block on the file system of `folder`. */
export function fillUp(folder: string): void {
  // The last ones find what a journal that is written out, and delayed allocation, leave.
  for (const name of FILLERS) {
    const fd = openSync(join(folder, name), 'w');
    for (let size = 1 << 20; size >= 512;) if (!fits(fd, size)) size /= 2;
    closeSync(fd);
  }
  const { bavail } = statfsSync(folder);
  if (bavail > 0) throw new Error(`${bavail} blocks are left`);
}

function fits(fd: number, size: number): boolean {
  try {
    writeSync(fd, Buffer.alloc(size, 1));
    fsyncSync(fd);
    return true;
  } catch {
    return false;
  }
}

export const DISKS = {
  'ext4 without a free block': {
    mount: (lab: Lab, folder: string) => mountExt4(lab, folder, '-m', '0'),
    fill: fillUp,
  },
  'tmpfs without a free page': {
    mount: (lab: Lab, folder: string) => mountTmpfs(lab, folder, '32m'),
    fill: fillUp,
  },
  'tmpfs without a free inode': {
    mount: (lab: Lab, folder: string) => mount(lab, folder, '-t', 'tmpfs', '-o', 'nr_inodes=64', 'nas-sync-test'),
    fill: takeInodes,
  },
} as const;

function takeInodes(folder: string): void {
  for (let index = 0; statfsSync(folder).ffree > 0; index += 1) writeFileSync(join(folder, `filler-${index}`), '');
}
