import { NasSyncError } from '../../errors.js';
import type { RunEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import type { Backend } from './backend.js';
import { whyNotFound, whyNotKept } from './name-encoding.js';

type Abilities = Pick<Backend, 'encoding' | 'caseInsensitive' | 'keepsEmptyFolders'>;

const refused = (path: string, why: string, fix: string): NasSyncError =>
  new NasSyncError('source_invalid', `"${printable(path)}" ${why}; ${fix}`);

/**
 * Refuses what would not arrive under its own name, byte for byte, before a byte moves.
 * @throws NasSyncError `source_invalid`
 */
export function requireNamesKept(
  { source, target, entries }: { source: string; target: string; entries: readonly RunEntry[] },
  backend: Abilities,
): void {
  for (const name of source.split('/')) {
    const why = whyNotFound(name);
    if (why !== null) throw refused(source, why, 'rename the folder, then retry');
  }
  for (const path of [target, ...entries.map((entry) => entry.path)]) requirePathKept(path, backend);
  if (backend.caseInsensitive) requireApartInAnyCase(entries);
  if (!backend.keepsEmptyFolders) {
    const [empty] = emptyFolders(entries);
    if (empty !== undefined) {
      throw refused(empty, 'is an empty folder, which this remote cannot hold', 'put a file in it, or remove it');
    }
  }
}

function requirePathKept(path: string, { encoding }: Abilities): void {
  for (const name of path.split('/')) {
    const why = whyNotKept(name, encoding);
    if (why !== null) throw refused(path, why, 'rename it, or reach the target by another transport');
  }
}

function requireApartInAnyCase(entries: readonly RunEntry[]): void {
  const seen = new Map<string, string>();
  for (const { path } of entries) {
    const folded = path.toLowerCase();
    const twin = seen.get(folded);
    if (twin !== undefined) {
      const why = `and "${printable(twin)}" are one name on this remote, which does not tell capitals from small letters`;
      throw refused(path, why, 'rename one of them');
    }
    seen.set(folded, path);
  }
}

/** Folders that no copy of files makes on its way. */
export function emptyFolders(entries: readonly RunEntry[]): string[] {
  const full = new Set<string>();
  for (const { path } of entries) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      full.add(path.slice(0, slash));
    }
  }
  return entries.filter(({ kind, path }) => kind === 'folder' && !full.has(path)).map(({ path }) => path);
}
