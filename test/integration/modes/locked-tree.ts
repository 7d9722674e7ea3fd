import { chmodSync, chownSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';

/** Files and folders in modes that only root, or nobody but their owner, can read. */
export const LOCKED_TREE = {
  'nobody.bin': 'no one may read it',
  'read-only.bin': 'no one may write to it',
  'write-only.bin': 'no one may read it, its owner may write to it',
  'acquire.sh': '#!/bin/sh\n',
  'shared/data.bin': 'in a folder of a group',
  'no way in/data.bin': 'in a folder that nobody may enter',
  'read-only folder/deeper/data.bin': 'in a folder that nobody may write to',
};

const MODES: readonly (readonly [path: string, mode: number])[] = [
  ['nobody.bin', 0o000],
  ['read-only.bin', 0o444],
  ['write-only.bin', 0o200],
  ['acquire.sh', 0o555],
  ['shared', 0o2775],
  ['no way in', 0o000],
  ['read-only folder/deeper', 0o500],
  ['read-only folder', 0o555],
];

export function lock(folder: string): void {
  for (const [path, mode] of MODES) chmodSync(join(folder, path), mode);
}

/** Octal, by path. */
export const modesIn = (folder: string): Record<string, string> =>
  Object.fromEntries(MODES.map(([path]) => [path, octal(join(folder, path))]));

export const octal = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** What {@link modesIn} finds of a copy that was made under a umask of 022, setgid folders of the target aside. */
export const MODES_OF_COPY = {
  'nobody.bin': '600',
  'read-only.bin': '644',
  'write-only.bin': '600',
  'acquire.sh': '755',
  shared: '755',
  'no way in': '700',
  'read-only folder/deeper': '700',
  'read-only folder': '755',
};

const GROUP = 61_235;

export const SETGID_TREE = { 'a/b/c.txt': 'c', 'd.txt': 'd' };

/** Makes all that is created in a folder belong to the folder's group. */
export function makeSetgid(folder: string, uid: number): void {
  chownSync(folder, uid, GROUP);
  chmodSync(folder, 0o2775);
}

/** @param copy of a run that holds {@link SETGID_TREE} */
export function expectSetgidKept(copy: string): void {
  for (const folder of ['', 'a', 'a/b']) {
    expect(`${folder} ${octal(join(copy, folder))}`).toMatch(/ 2755$/u);
    expect(statSync(join(copy, folder)).gid).toBe(GROUP);
  }
  expect(statSync(join(copy, 'a/b/c.txt')).gid).toBe(GROUP);
}
