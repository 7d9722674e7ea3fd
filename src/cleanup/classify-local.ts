import type { Kept } from '../machines/job-types.js';
import { sameIdentity, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';
import type { PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import type { DeletionProof } from '../verify/deletion-proof.js';

/** What stands in a run, held against its proof. */
export interface SourceState {
  /** Exactly the proven files. */
  readonly proven: readonly FileEntry[];
  /** Files under proven names whose times or places differ: their content decides. */
  readonly touched: readonly FileEntry[];
  /** Proven, and not here. */
  readonly gone: readonly string[];
  /** What no proof names. */
  readonly unproven: readonly Kept[];
}

/**
 * Volatile names are passed over: one that is not as it was proven stays when the others go.
 * @param walk of the run, with links kept as links
 */
export function sourceState(walk: RunWalk, proof: DeletionProof, isVolatile: PathTest): SourceState {
  const entries = walk.entries.filter(({ path }) => !isVolatile(path));
  const files = entries.filter((entry) => entry.kind === 'file' && proof.files.has(entry.path)) as FileEntry[];
  const isProven = (file: FileEntry): boolean => {
    const known = proof.files.get(file.path);
    return known !== undefined && sameIdentity(known, file.identity);
  };
  const here = new Set(walk.entries.map(({ path }) => path));
  const unproven = entries.flatMap((entry) => unprovenOf(entry, proof));
  const refused = walk.refused.filter(({ path }) => !isVolatile(path));
  return {
    proven: files.filter(isProven),
    touched: files.filter((file) => !isProven(file)),
    gone: [...proof.files.keys(), ...proof.shape.keys()].filter((path) => !here.has(path) && !isVolatile(path)),
    unproven: [...unproven, ...refused.map(({ path, message }) => ({ path, reason: message }))],
  };
}

function unprovenOf(entry: RunEntry, proof: DeletionProof): Kept[] {
  const known = proof.shape.get(entry.path);
  const path = printable(entry.path);
  if (entry.kind === 'file' && known?.kind === 'followed') return [{ path, reason: 'it is no link any more' }];
  if (entry.kind === 'file') return proof.files.has(entry.path) ? [] : [{ path, reason: 'a new file' }];
  if (entry.kind === 'folder') return known?.kind === 'folder' ? [] : [{ path, reason: 'a new folder' }];
  if (known === undefined || known.kind === 'folder') return [{ path, reason: 'a new link' }];
  return known.linkTo === entry.linkTo ? [] : [{ path, reason: 'a link that leads elsewhere now' }];
}
