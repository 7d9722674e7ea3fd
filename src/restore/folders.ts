import type { BigIntStats } from 'node:fs';
import { lstat, mkdir } from 'node:fs/promises';
import { posix } from 'node:path';
import { secondsOf } from '../bytes/copy-metadata.js';
import { ignoreUnsupported, SET_GROUP } from '../bytes/folder-metadata.js';
import { systemCode } from '../errors.js';
import { foldersAbove } from '../run/entry.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { OWNER_BITS, PERMISSIONS, targetMode, unlockedMode } from '../run/target-mode.js';
import type { Survey } from './compare-destination.js';
import type { Expected, ExpectedFolder } from './expected.js';
import { placeEach, syncFolders, taken, type Placing } from './install-files.js';

/** Marks a folder that a restore has made and not finished: no other state has to be kept for the next one to know it. */
const STICKY = 0o1000;

/** The folders that a restore may have to make, or to finish, and into which of them something comes. */
export interface FolderPlan {
  readonly folders: readonly ExpectedFolder[];
  readonly receiving: ReadonlySet<string>;
}

/**
 * @param written what is about to get its name; what is above it counts, whether or not it was asked for
 * @param all the whole run
 */
export function planFolders(
  written: readonly Expected[],
  { equal }: Pick<Survey, 'equal'>,
  all: readonly Expected[],
): FolderPlan {
  const receiving = new Set(written.map(({ path }) => posix.dirname(path)));
  const wanted = new Set<string>();
  for (const { path } of written) for (const above of foldersAbove(path)) wanted.add(above);
  for (const entries of [written, equal]) for (const { kind, path } of entries) if (kind === 'folder') wanted.add(path);
  const isWanted = (entry: Expected): entry is ExpectedFolder => entry.kind === 'folder' && wanted.has(entry.path);
  return { folders: all.filter(isWanted), receiving };
}

/**
 * Makes the folders that are missing, open to nobody to whom they were not. Those that are there stay as they are, but for
 * the ones that the run left or an earlier restore made.
 * @returns the folders that get their modes and times in the end
 */
export async function makeFolders(
  { folders, receiving }: FolderPlan,
  { root, onTaken }: Pick<Placing, 'root' | 'onTaken'>,
): Promise<readonly ExpectedFolder[]> {
  const begun: ExpectedFolder[] = [];
  const made: ExpectedFolder[] = [];
  const make = async (folder: ExpectedFolder, above: HeldFolder, name: string): Promise<void> => {
    const isNew = await madeNew(await above.at(name), folder);
    if (isNew) made.push(folder);
    if (isNew || (await isTakenUp(folder, receiving.has(folder.path), above, name))) begun.push(folder);
  };
  await placeEach(folders, { root, onTaken, onPlaced: () => undefined }, make);
  await syncFolders(root, made);
  return begun;
}

/** `false` where something stands there. */
async function madeNew(path: string, { mode }: ExpectedFolder): Promise<boolean> {
  try {
    await mkdir(path, mode === null ? {} : { mode: unfinished(mode) });
    return true;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
    return false;
  }
}

const unfinished = (mode: number): number => targetMode('folder', mode) | (isMarkable(mode) ? STICKY : 0);

/** What was sticky in the run tells nothing by being so now, and is to stay so where it is here still. */
const isMarkable = (mode: number): boolean => (mode & STICKY) === 0;

/**
 * Whether a folder that was there is finished like a new one: a restore that was cut off has made it, or it is as the run
 * had it and gets something back. One that its owner may not write to is opened for that.
 */
async function isTakenUp(
  folder: ExpectedFolder,
  isReceiving: boolean,
  above: HeldFolder,
  name: string,
): Promise<boolean> {
  const { mode } = folder;
  const path = await above.at(name);
  const stats = await lstat(path, { bigint: true });
  if (!stats.isDirectory()) throw taken(path);
  if (mode === null || !isMarkable(mode)) return false;
  const now = Number(stats.mode);
  if (isUnfinished(now, mode)) return true;
  if (!isReceiving || (now & PERMISSIONS) !== (mode & PERMISSIONS)) return false;
  if (unlockedMode('folder', mode) === null) return hasTimeOf(stats, folder);
  const held = await above.enter(name);
  try {
    // Where it is somebody else's, what comes next says that nothing may be put there.
    await ignoreUnsupported(held.chmod((now & SET_GROUP) | unfinished(mode)));
  } finally {
    await held.close();
  }
  return true;
}

const isUnfinished = (now: number, mode: number): boolean =>
  (now & (STICKY | OWNER_BITS.folder)) === (STICKY | OWNER_BITS.folder) &&
  (now & ~OWNER_BITS.folder & PERMISSIONS & ~mode) === 0;

/** As far as we can set a time. */
const hasTimeOf = ({ mtimeNs: now }: BigIntStats, { mtimeNs }: ExpectedFolder): boolean =>
  mtimeNs !== null && secondsOf(now) === secondsOf(BigInt(mtimeNs));
