import { chmodSync, lstatSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { execaSync } from 'execa';
import type { Tree } from '../../support/lab.js';

/** What each path of {@link TREE} has in the run. */
export const MODES: Readonly<Record<string, number>> = {
  'group.txt': 0o660,
  'owner.bin': 0o600,
  'read.txt': 0o400,
  'tool.sh': 0o755,
  'set.sh': 0o6755,
  'locked/deep/a.txt': 0o444,
  'locked/deep': 0o555,
  locked: 0o555,
  'private/b.txt': 0o644,
  private: 0o500,
  'shared/c.txt': 0o664,
  shared: 0o2775,
  'public/d.txt': 0o666,
  public: 0o777,
  'plain/e.txt': 0o644,
  'plain/f.txt': 0o640,
  plain: 0o755,
  empty: 0o700,
};

export const TREE: Tree = Object.fromEntries(
  Object.keys(MODES).flatMap((path) =>
    path === 'empty' ? [[`${path}/`, '']] : /\./u.test(path) ? [[path, `the content of ${path}`]] : [],
  ),
);

/** Modes, and of each folder a time of its own, which is not now. */
export function setModesAndTimes(run: string, modes = MODES): void {
  for (const [index, [path, mode]] of Object.entries(modes).entries()) {
    utimesSync(join(run, path), 1, 1_500_000_000 + index * 86_400 + 0.123456);
    chmodSync(join(run, path), mode);
  }
}

/** Opens all of it: a NAS that knows no modes, or another umask. */
export function openAll(folder: string): void {
  execaSync('chmod', ['-R', 'a+rwx', folder]);
}

/** Lets the local files go, whatever their folders allow. */
export function emptyAnyway(run: string): void {
  execaSync('chmod', ['-R', 'u+rwX', run]);
  for (const name of readdirSync(run)) if (name !== '.exlab-wizard') rmSync(join(run, name), { recursive: true });
}

/** Each path below, with its mode as `ls` would show it in digits, and the time that it was changed at, to the microsecond. */
export function metadataOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (below: string): void => {
    for (const name of readdirSync(join(folder, below)).sort()) {
      const path = below === '' ? name : `${below}/${name}`;
      if (path === '.exlab-wizard') continue;
      const stats = lstatSync(join(folder, path), { bigint: true });
      found[path] = `${octal(Number(stats.mode))} ${stats.mtimeNs / 1000n}`;
      if (stats.isDirectory()) look(path);
    }
  };
  look('');
  return found;
}

/** The same as a restore gives it back: it sets no set-id and no sticky bit. */
export const asRestored = (metadata: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(metadata).map(([path, told]) => [path, told.replace(/^[0-7](?=\d{3} )/u, '0')]));

export const modesOf = (folder: string): Record<string, string> =>
  Object.fromEntries(Object.entries(metadataOf(folder)).map(([path, told]) => [path, told.slice(0, 4)]));

export const octal = (mode: number): string => (mode & 0o7777).toString(8).padStart(4, '0');
