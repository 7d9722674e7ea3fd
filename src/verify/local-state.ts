import { NasSyncError } from '../errors.js';
import { printable } from '../run/display.js';
import { sameIdentity, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';

export const filesOf = (walk: RunWalk): FileEntry[] => walk.entries.filter((entry) => entry.kind === 'file');

/** @throws NasSyncError `source_invalid`, naming what the manifest cannot express or nobody may read */
export function requireExpressible(walk: RunWalk): void {
  const [first, ...others] = walk.refused;
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new NasSyncError('source_invalid', `${first.message}${more}`);
}

/** The first way in which a run differs from how it was a moment ago, or `null`. */
export function firstDifference(before: RunWalk, after: RunWalk): string | null {
  const earlier = new Map(before.entries.map((entry) => [entry.path, entry]));
  for (const entry of after.entries) {
    const was = earlier.get(entry.path);
    if (was === undefined) return `${printable(entry.path)} is new`;
    if (!sameEntry(was, entry)) return `${printable(entry.path)} changed`;
    earlier.delete(entry.path);
  }
  for (const path of earlier.keys()) return `${printable(path)} is gone`;
  return null;
}

function sameEntry(a: RunEntry, b: RunEntry): boolean {
  if (a.kind === 'file' && b.kind === 'file') return sameIdentity(a.identity, b.identity) && a.mode === b.mode;
  if (a.kind === 'link' && b.kind === 'link') return a.linkTo === b.linkTo;
  return a.kind === b.kind;
}

/** Paths, shortened for a message: the first few by name, the rest by count. */
export function someOf(paths: readonly string[], most = 3): string {
  const named = paths.slice(0, most).map(printable).join(', ');
  return paths.length > most ? `${named} and ${paths.length - most} more` : named;
}
