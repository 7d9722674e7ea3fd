import { closeSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { PlaceTask } from './tasks.js';

/** In the folder of the partial files: some of them were begun beside their final names, and may be left there. */
export const BESIDE_NOTE = 'beside-final-names';

/** A file of this size is not copied in vain: an empty one tries the rename first. */
const WORTH_A_TRY_BYTES = 4 * 1024 * 1024;

/** Folders that no file of the partials' folder can be renamed to, as this thread has seen. */
const apart = new Set<string>();
const MOST_APART = 10_000;

/** The partial name in the folder in which the file ends. */
const besideOf = ({ partial, target }: PlaceTask): string => join(dirname(target), basename(partial));

const pairOf = ({ partial, target }: PlaceTask): string => `${dirname(partial)}\0${dirname(target)}`;

/**
 * Under which name a file is written until it is whole: in the partials' folder, out of the run's names. One pool of
 * several disks may keep that folder on another disk than the final one, and then refuses the rename (EXDEV).
 */
export function partialFor(task: PlaceTask): string {
  if (!apart.has(pairOf(task)) && task.identity.size >= WORTH_A_TRY_BYTES && !canRename(task)) noteApart(task);
  if (!apart.has(pairOf(task))) return task.partial;
  // Before the file: what a crash leaves beside final names is looked for only where this note is.
  writeFileSync(join(dirname(task.partial), BESIDE_NOTE), '');
  return besideOf(task);
}

/** Whether it is worth another try beside the final name: this was another disk of a pool. */
export function isApart(task: PlaceTask, partial: string, code: string): boolean {
  if (code !== 'EXDEV' || partial !== task.partial) return false;
  noteApart(task);
  return true;
}

function noteApart(task: PlaceTask): void {
  if (apart.size >= MOST_APART) apart.clear();
  apart.add(pairOf(task));
}

/** By an empty file of ours: never under the final name, which must not hold less than the whole. */
function canRename(task: PlaceTask): boolean {
  const beside = besideOf(task);
  closeSync(openSync(task.partial, 'wx'));
  try {
    renameSync(task.partial, beside);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EXDEV';
  } finally {
    rmSync(task.partial, { force: true });
    rmSync(beside, { force: true });
  }
}
