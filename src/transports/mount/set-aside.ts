import { lstat, rmdir } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { systemCode } from '../../errors.js';
import { syncFolder } from '../../run/fs/durable-write.js';
import { deepestFirst, notMovable, takenThere, type SetAsideRequest } from '../set-aside.js';
import { moveFile } from './move-file.js';

/** Moves within the share; durable when it returns. `makePlace` makes a folder below the share's top. */
export async function setAsideFiles(
  root: string,
  { target, paths, emptyFolders = [], into, signal }: SetAsideRequest,
  { makePlace, moved }: { makePlace: (path: string) => Promise<void>; moved: () => void },
): Promise<void> {
  const changed = new Set<string>();
  for (const path of paths) {
    signal.throwIfAborted();
    const source = posix.join(target, path);
    if (!(await isThere(root, source))) continue;
    const goal = posix.join(target, into, path);
    await makePlace(posix.dirname(goal));
    // Nobody else makes names in this folder: between this look and the rename nothing appears.
    if ((await statsOf(join(root, goal))) !== null) throw takenThere(goal);
    await moveFile(join(root, source), join(root, goal), moved);
    moved();
    changed.add(dirname(join(root, goal))).add(dirname(join(root, source)));
  }
  for (const folder of changed) await syncFolder(folder);
  for (const folder of deepestFirst(emptyFolders)) {
    signal.throwIfAborted();
    await removeIfEmpty(root, posix.join(target, folder));
  }
}

const NOT_EMPTIED: ReadonlySet<string | undefined> = new Set(['ENOENT', 'ENOTEMPTY', 'EEXIST', 'ENOTDIR']);

async function removeIfEmpty(root: string, folder: string): Promise<void> {
  // As below: a link on the way could lead anywhere.
  if ((await standing(root, folder))?.isDirectory() !== true) return;
  try {
    await rmdir(join(root, folder));
  } catch (error) {
    if (!NOT_EMPTIED.has(systemCode(error))) throw error;
  }
}

/** Whether a file or link stands there, and only folders on the way: a link could lead anywhere. */
async function isThere(root: string, path: string): Promise<boolean> {
  const stats = await standing(root, path);
  if (stats?.isDirectory() === true) throw notMovable(path);
  return stats !== null;
}

async function standing(root: string, path: string) {
  let current = root;
  for (const segment of posix.dirname(path).split('/')) {
    current = join(current, segment);
    const stats = await statsOf(current);
    if (stats === null) return null;
    if (!stats.isDirectory()) throw notMovable(path);
  }
  return statsOf(join(root, path));
}

async function statsOf(path: string) {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}
