import { lstat } from 'node:fs/promises';
import { basename, join, relative, sep } from 'node:path';
import { systemCode } from '../errors.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { readShelf, type Shelf } from './list-folder.js';

/** What could not be looked at, and so is missing from the answer. */
export interface Unread {
  readonly path: string;
  /** One line, safe to print. */
  readonly message: string;
}

export interface FoundRuns {
  /** Absolute paths, sorted. */
  readonly runs: readonly string[];
  readonly unread: readonly Unread[];
  /** Folders of another account, which this one may not look into: what lies there is not its to sync. */
  readonly foreign: readonly string[];
}

export interface Search {
  readonly root: string;
  /** Names below the root that desktops and storage systems write: a trash or a snapshot holds no runs. */
  readonly isVolatile: PathTest;
  /** All roots: one that lies below another is searched in its own right. */
  readonly roots: ReadonlySet<string>;
  /** Folders that hold runs and are none themselves, though files may lie there. */
  readonly shelves: ReadonlySet<string>;
  readonly signal?: AbortSignal | undefined;
  /** Called for each folder that was read. */
  readonly onFolder?: ((path: string) => void) | undefined;
}

/**
 * The run folders below a root. One with `.exlab-wizard/` in it is a run, and what it holds is its data. Without that, a
 * folder is taken for a run that has no record if no recorded run lies below it and it is called `Run_…` or
 * `TestRun_…`, or else is the topmost one that holds files itself. Never: shelves, `Runs`, `TestRuns`, hidden folders
 * with all below them. Links are not followed.
 */
export async function findRuns(search: Search): Promise<FoundRuns> {
  const missed: Missed = { unread: [], foreign: [] };
  const candidates = await lookAt(search.root, search, missed);
  return { runs: candidates.map(({ path }) => path).sort(byCodePoint), ...missed };
}

interface Missed {
  readonly unread: Unread[];
  readonly foreign: string[];
}

/** With a record folder; without one, but called like a run; with nothing but files to speak for it. */
type Kind = 'recorded' | 'named' | 'holds files';

interface Candidate {
  readonly path: string;
  readonly kind: Kind;
}

async function lookAt(folder: string, search: Search, missed: Missed): Promise<readonly Candidate[]> {
  search.signal?.throwIfAborted();
  const shelf = await readShelf(folder, search.isVolatile).catch(async (error: unknown) => {
    if (folder !== search.root && (await isForeign(folder, error))) missed.foreign.push(folder);
    else if (folder === search.root || systemCode(error) !== 'ENOENT') missed.unread.push(cannotRead(folder, error));
    return null;
  });
  if (shelf === null) return [];
  search.onFolder?.(folder);
  if (folder !== search.root && shelf.folders.includes(RECORD_FOLDER)) return [{ path: folder, kind: 'recorded' }];
  for (const name of shelf.nameless) missed.unread.push(nameless(folder, name));
  const below: Candidate[] = [];
  for (const name of shelf.folders) {
    const path = join(folder, name);
    if (search.roots.has(path) || search.isVolatile(relative(search.root, path))) continue;
    for (const candidate of await lookAt(path, search, missed)) below.push(candidate);
  }
  return withItself(folder, kindOf(folder, shelf, search), below);
}

/** Refused, and of another account, as `lost+found` is. A run of this account that cannot be read is missed. */
async function isForeign(folder: string, error: unknown): Promise<boolean> {
  if (systemCode(error) !== 'EACCES' && systemCode(error) !== 'EPERM') return false;
  const stats = await lstat(folder).catch(() => null);
  return stats !== null && stats.uid !== process.getuid?.();
}

/** A folder stands for what lies below it and speaks no louder than itself. */
function withItself(path: string, kind: Kind | null, below: readonly Candidate[]): readonly Candidate[] {
  const louder = (candidate: Candidate): boolean =>
    candidate.kind === 'recorded' || (candidate.kind === 'named' && kind === 'holds files');
  return kind === null || below.some(louder) ? below : [{ path, kind }];
}

function kindOf(folder: string, { holdsFiles }: Shelf, { root, shelves }: Search): Kind | null {
  const name = basename(folder);
  const isHidden = relative(root, folder)
    .split(sep)
    .some((part) => part.startsWith('.'));
  if (isHidden || shelves.has(folder) || name === 'Runs' || name === 'TestRuns') return null;
  if (/^(?:Test)?Run_/u.test(name)) return 'named';
  return holdsFiles ? 'holds files' : null;
}

const cannotRead = (path: string, error: unknown): Unread => ({
  path,
  message: `${printable(path)} cannot be looked at (${systemCode(error) ?? String(error)}): its runs are missing here; fix the path or its permissions`,
});

const nameless = (folder: string, name: Buffer): Unread => ({
  path: join(folder, name.toString('latin1')),
  message: `the name of "${printable(name)}" in ${printable(folder)} is not valid UTF-8, so no run below it can be found: rename it`,
});
