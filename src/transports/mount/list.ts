import { lstat } from 'node:fs/promises';
import { NasSyncError, systemCode } from '../../errors.js';
import type { RunWalk } from '../../run/entry.js';
import type { PathTest } from '../../run/name-rules.js';
import { printable } from '../../run/printable.js';
import { walkRun } from '../../run/walk.js';
import type { PlaceListing } from '../transport.js';
import { isPartial, mayLieBeside } from './partial-files.js';
import type { Patience } from './stall-timeout.js';

export const NOTHING: PlaceListing = { files: [], links: [], folders: [], others: [] };

export interface TargetSide {
  /** The run's place on the share, absolute. */
  readonly target: string;
  readonly stallMs: number;
  readonly patience: Patience;
  /** Volatile names that the run does not hold: such folders are not looked into, and may be unreadable. */
  readonly isOpaque: PathTest;
}

/**
 * `null`: there is no such place.
 * @throws NasSyncError `auth` where something there may not be read: what lies behind it would be missing
 */
export async function listTree(side: TargetSide, signal: AbortSignal): Promise<PlaceListing | null> {
  const walk = await walkPlace(side, signal);
  if (walk === null) return null;
  const unread = walk.refused.find(({ reason, path }) => reason === 'unreadable' && !side.isOpaque(path));
  if (unread === undefined) return standing(walk);
  throw new NasSyncError('auth', `${printable(side.target)} on the target cannot be listed: ${unread.message}`);
}

/**
 * `null`: there is no such place. Unfinished files of ours are nobody's data, unless `holds` says that the run has one of
 * that name.
 */
export async function walkPlace(
  { target, patience, isOpaque }: TargetSide,
  signal: AbortSignal,
  holds: (path: string) => boolean = () => false,
): Promise<RunWalk | null> {
  if (!(await patience.within(signal, () => isFolder(target)))) return null;
  try {
    const walk = await patience.within(signal, (moved) => walkRun(target, { signal, isOpaque, onVisit: moved }));
    if (!(await patience.within(signal, () => mayLieBeside(target)))) return walk;
    return { ...walk, entries: walk.entries.filter(({ path }) => holds(path) || !isPartial(path)) };
  } catch (error) {
    if (!(error instanceof NasSyncError) || error.code !== 'local_file_vanished') throw error;
    const message = `${printable(target)} on the target changed while it was listed`;
    throw new NasSyncError('network', message, { cause: error });
  }
}

export const standing = ({ entries, refused }: RunWalk): PlaceListing => ({
  files: entries.flatMap((entry) => (entry.kind === 'file' ? [{ path: entry.path, size: entry.identity.size }] : [])),
  links: entries.flatMap((entry) => (entry.kind === 'link' ? [{ path: entry.path, linkTo: entry.linkTo }] : [])),
  folders: entries.filter((entry) => entry.kind === 'folder').map((entry) => entry.path),
  others: refused.map((refusal) => refusal.path),
});

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
