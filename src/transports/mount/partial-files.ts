import { lstat, mkdir, readdir, rm, unlink, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { BESIDE_NOTE } from '../../bytes/partial-file.js';
import { unlessGone } from '../../run/fs/null-if-missing.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../../run/record/record-folder.js';

/** Where unfinished files live, relative to the run's place: out of the run's names. */
export const PARTIALS = posix.join(RECORD_FOLDER, '.nas-sync-partial');

const UUID = '[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}';
const NAME = new RegExp(`^\\${OWN_PREFIX}part-${UUID}-\\d+$`, 'u');

/** The name of one unfinished file of one push. */
export const partialName = (attempt: string, index: number): string => `${OWN_PREFIX}part-${attempt}-${index}`;

/** Leaves an empty folder for the partial files of one push, and nothing of the pushes before. */
export async function renewPartials(target: string, holds: (path: string) => boolean): Promise<void> {
  await removePartials(target, holds);
  // Not `recursive`: on a read-only share that would say ENOENT, as if the share were gone.
  await mkdir(join(target, PARTIALS));
}

/**
 * Removes the partial files of pushes that are over, also those beside final names, except where the run holds a file of
 * that very name. The owner of a place has it to himself, so nobody is writing these.
 */
export async function removePartials(target: string, holds: (path: string) => boolean): Promise<void> {
  const folder = join(target, PARTIALS);
  if (await mayLieBeside(target)) {
    for (const path of await partialsBeside(target)) if (!holds(path)) await unlink(join(target, path));
  }
  await rm(folder, { recursive: true, force: true });
}

/** What lies beside final names is left to the next push, which knows the run's names. */
export async function tidyUpPartials(target: string): Promise<void> {
  if (!(await mayLieBeside(target))) await rm(join(target, PARTIALS), { recursive: true, force: true });
}

/** Whether a push that is not over may have left partial files beside final names. */
export async function mayLieBeside(target: string): Promise<boolean> {
  return (await unlessGone(lstat(join(target, PARTIALS, BESIDE_NOTE)))) !== null;
}

export const noteBeside = (target: string): Promise<void> => writeFile(join(target, PARTIALS, BESIDE_NOTE), '');

/** Whether a path of a listing is that of a partial file of ours, provided that {@link mayLieBeside}. */
export const isPartial = (path: string): boolean => NAME.test(posix.basename(path));

async function partialsBeside(target: string): Promise<string[]> {
  const found: string[] = [];
  const folders = [''];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const entries = (await unlessGone(readdir(join(target, folder), { withFileTypes: true }))) ?? [];
    for (const entry of entries) {
      const path = posix.join(folder, entry.name);
      if (entry.isDirectory() && path !== PARTIALS) folders.push(path);
      else if (!entry.isDirectory() && isPartial(path)) found.push(path);
    }
  }
  return found;
}
