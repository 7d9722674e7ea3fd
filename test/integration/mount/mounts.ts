import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa, execaSync } from 'execa';
import { it, onTestFinished } from 'vitest';
import type { Lab } from '../../support/lab.js';

/** Mounts over `folder` until the test is over; what comes before is for `mount`. */
export async function mount(lab: Lab, folder: string, ...options: string[]): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await execa('mount', [...options, folder]);
  lab.atEnd(() => execa('umount', ['--lazy', folder], { reject: false }));
  return folder;
}

export const mountTmpfs = (lab: Lab, folder: string, size: string): Promise<string> =>
  mount(lab, folder, '-t', 'tmpfs', '-o', `size=${size}`, 'nas-sync-test');

/** With other options, such as `ro` or `size=64m`; named in full, or a user without root would repeat root's own. */
export async function remount(folder: string, options: string): Promise<void> {
  await execa('mount', ['-t', 'tmpfs', '-o', `remount,${options}`, 'nas-sync-test', folder]);
}

/** A test that mounts something: skipped for users who may not, and a failure for them where `CI=true`. */
export const itMounts = mayMount() ? it : it.skip;

function mayMount(): boolean {
  const { failed } = execaSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { reject: false });
  if (!failed) return true;
  const how = 'this user may not mount: run as root, or by `unshare --map-root-user --mount npm test`';
  if (process.env['CI'] === 'true') throw new Error(how);
  console.warn(`skipped what needs a mount: ${how}`);
  return false;
}

/** A small ext4 of its own at `folder`, made with these further options. */
export async function mountExt4(lab: Lab, folder: string, ...options: string[]): Promise<string> {
  return mount(lab, folder, '-o', 'loop', await makeExt4(lab.at('ext4.img'), options));
}

/** The same for a workplace of the command line, whose folder is `root`. */
export async function mountExt4Below(root: string, folder: string, ...options: string[]): Promise<void> {
  await execa('mount', ['-o', 'loop', await makeExt4(join(root, 'ext4.img'), options), folder]);
  onTestFinished(async () => {
    await execa('umount', ['--lazy', folder]);
  });
}

async function makeExt4(image: string, options: readonly string[]): Promise<string> {
  await execa('truncate', ['-s', '64M', image]);
  await execa('mkfs.ext4', ['-q', '-F', ...options, image]);
  return image;
}

/** What `folder` holds appears at `at` too, through a FUSE daemon, until the test is over. */
export async function mirror(lab: Lab, folder: string, at: string): Promise<void> {
  mkdirSync(at, { recursive: true });
  await execa('bindfs', ['-o', 'nonempty', folder, at], { stdio: 'ignore' });
  lab.atEnd(() => execa('umount', ['--lazy', at], { reject: false }));
}
