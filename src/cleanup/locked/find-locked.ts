import { constants, type Stats } from 'node:fs';
import { access, lstat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { systemCode } from '../../errors.js';
import { byCodePoint } from '../../run/code-point-order.js';
import { drain } from '../../run/concurrent-walk.js';
import { mayEmptyByMode, type Account } from './account.js';
import type { InodeFlag } from './inode-flags.js';
import type { ReadOnlyMount } from './read-only-mounts.js';

/** Something that a deletion moves or removes. Its path is absolute. */
export interface LeavingPath {
  readonly path: string;
  readonly isFolder: boolean;
}

/** Why nothing may be removed from a folder, or a path may not be removed. */
export interface LockedPath {
  readonly path: string;
  readonly why: 'denied' | 'sticky' | 'read_only' | InodeFlag;
  readonly mode: number;
  readonly uid: number;
}

/** What of a run may not be removed by the account of this process, or from where. */
export interface LockLook {
  readonly locked: readonly LockedPath[];
  /** `null` where nothing was looked at. */
  readonly account: Pick<Account, 'name' | 'uid'> | null;
  readonly readOnlyMounts: readonly ReadOnlyMount[];
}

export const NOTHING_LOCKED: LockLook = { locked: [], account: null, readOnlyMounts: [] };

interface LockSearch {
  /** Told anew at each call: a run of a million files is not to be held here once more. */
  readonly leaving: () => Iterable<LeavingPath>;
  readonly flags: ReadonlyMap<string, InodeFlag>;
  readonly account: Account;
  readonly signal: AbortSignal;
}

const AT_ONCE = 32;

/** Folders that this account may not empty, and what may not leave them, sorted by path. Nothing is changed to find out. */
export async function findLocked(search: LockSearch): Promise<LockedPath[]> {
  const { leaving, flags, account, signal } = search;
  const emptied = new Set<string>();
  const folders = new Set<string>();
  const flagged = new Set<string>();
  for (const { path, isFolder } of leaving()) {
    const above = dirname(path);
    emptied.add(above);
    folders.add(above);
    if (isFolder) folders.add(path);
    if (flags.has(path)) flagged.add(path);
  }
  const locked = new Map<string, LockedPath>();
  const sticky = new Map<string, Stats>();
  const look = async (path: string): Promise<readonly string[]> => {
    const stats = await findStats(path);
    if (stats === null) return [];
    const why =
      flags.get(path) ?? (stats.isDirectory() ? await whyLocked(path, stats, emptied.has(path), account) : null);
    if (why !== null) locked.set(path, { path, why, mode: stats.mode & 0o7777, uid: stats.uid });
    else if (emptied.has(path) && keepsOthers(stats, account)) sticky.set(path, stats);
    return [];
  };
  await drain([...new Set([...folders, ...flagged])], look, { limit: AT_ONCE, signal });
  for (const { path } of sticky.size > 0 ? leaving() : []) {
    const folder = dirname(path);
    const above = sticky.get(folder);
    if (above === undefined || locked.has(folder)) continue;
    const stats = await findStats(path);
    if (stats === null || stats.uid === account.uid) continue;
    locked.set(folder, { path: folder, why: 'sticky', mode: above.mode & 0o7777, uid: above.uid });
  }
  return [...locked.values()].sort((a, b) => byCodePoint(a.path, b.path));
}

/** `null` where nothing stands, or where a folder above, which is reported itself, may not be searched. */
async function findStats(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES'].includes(systemCode(error) ?? '')) return null;
    throw error;
  }
}

async function whyLocked(
  path: string,
  stats: Stats,
  isEmptied: boolean,
  account: Account,
): Promise<LockedPath['why'] | null> {
  const code = await access(path, constants.W_OK | (isEmptied ? constants.X_OK : 0)).then(
    () => null,
    (error: unknown) => systemCode(error),
  );
  if (code === 'EROFS') return 'read_only';
  // What Linux says of a folder with `chattr +i`, to root as well.
  if (code === 'EPERM') return process.platform === 'linux' ? 'immutable' : 'denied';
  if (!isEmptied) return null;
  const isAllowed = account.isReal ? code === null : mayEmptyByMode(stats, account);
  return isAllowed ? null : 'denied';
}

const STICKY = 0o1000;

const keepsOthers = ({ mode, uid }: Stats, account: Account): boolean =>
  (mode & STICKY) !== 0 && uid !== account.uid && !account.mayActAsOwner;
