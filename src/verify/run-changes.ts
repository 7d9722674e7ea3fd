import { NasSyncError, RunLostError } from '../errors.js';
import { sameIdentity, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';
import type { PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import { hasPassingName } from '../run/transient-name.js';

export const filesOf = (walk: RunWalk): FileEntry[] => walk.entries.filter((entry) => entry.kind === 'file');

/** Links in whose place the file that they lead to was copied. */
export const followedLinks = (walk: RunWalk): { path: string; linkTo: string }[] =>
  filesOf(walk).flatMap(({ path, followed }) => (followed === undefined ? [] : [{ path, linkTo: followed.linkTo }]));

/** @throws NasSyncError `source_invalid`, naming what the manifest cannot express or nobody may read */
export function requireExpressible(walk: RunWalk, isVolatile: PathTest = () => false): void {
  const [first, ...others] = walk.refused.filter(({ path }) => !isVolatile(path));
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new NasSyncError('source_invalid', `${first.message}${more}`);
}

/** The first way in which a run differs from how it was a moment ago, or `null`. Volatile names tell nothing. */
export function firstDifference(before: RunWalk, after: RunWalk, isVolatile: PathTest): string | null {
  const later = new Map(after.entries.map((entry) => [entry.path, entry]));
  const earlier = new Map(before.entries.map((entry) => [entry.path, entry]));
  for (const [path, entry] of later) {
    const was = earlier.get(path);
    if (was !== undefined && sameEntry(was, entry)) continue;
    if (!isVolatile(path)) return `${printable(path)} ${was === undefined ? 'is new' : 'changed'}`;
  }
  const lost = before.entries.find(({ path }) => !later.has(path) && !isVolatile(path));
  return lost === undefined ? null : `${printable(lost.path)} is gone`;
}

/** The volatile paths of a run that are not as they were a moment ago. */
export function movedVolatile(before: RunWalk, after: RunWalk, isVolatile: PathTest): string[] {
  const volatile = before.entries.filter(({ path }) => isVolatile(path));
  if (volatile.length === 0) return [];
  const later = new Map(after.entries.map((entry) => [entry.path, entry]));
  const moved = volatile.filter((entry) => {
    const now = later.get(entry.path);
    return now === undefined || !sameEntry(entry, now);
  });
  return moved.map(({ path }) => path);
}

/** What of a run is data: neither folders, which may stay for what they hold, nor volatile names. */
export const dataPaths = (walk: RunWalk, isVolatile: PathTest): string[] =>
  [...walk.entries.filter(({ kind }) => kind !== 'folder'), ...walk.refused]
    .map(({ path }) => path)
    .filter((path) => !isVolatile(path));

/** Once a deletion has begun, nothing may be missing but by our own hand. */
export const vanished = (since: string, paths: readonly string[]): RunLostError =>
  new RunLostError(`gone from the run ${since}, and not deleted by nas-sync: ${someOf(paths)}; ${wayBack(paths)}`);

/** A log or lock that is replayed over a finished file destroys it: nobody is told to bring one back. */
const wayBack = (paths: readonly string[]): string =>
  hasPassingName(paths)
    ? 'some of these are no finished files, so find out first why they went, then retry'
    : 'put back what is missing, then retry';

function sameEntry(a: RunEntry, b: RunEntry): boolean {
  if (a.kind === 'file' && b.kind === 'file') return sameFile(a, b);
  if (a.kind === 'link' && b.kind === 'link') return a.linkTo === b.linkTo;
  return a.kind === b.kind;
}

const sameFile = (a: FileEntry, b: FileEntry): boolean =>
  sameIdentity(a.identity, b.identity) && a.mode === b.mode && a.followed?.linkTo === b.followed?.linkTo;

/** Paths, shortened for a message: the first few by name, the rest by count. */
export function someOf(paths: readonly string[], most = 3): string {
  const named = paths.slice(0, most).map(printable).join(', ');
  return paths.length > most ? `${named} and ${paths.length - most} more` : named;
}
