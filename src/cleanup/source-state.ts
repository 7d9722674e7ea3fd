import type { Kept } from '../machines/job-types.js';
import { printable } from '../run/display.js';
import { sameIdentity, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';
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

/** @param walk of the run, with links kept as links */
export function sourceState(walk: RunWalk, proof: DeletionProof): SourceState {
  const files = walk.entries.filter((entry) => entry.kind === 'file' && proof.files.has(entry.path)) as FileEntry[];
  const isProven = (file: FileEntry): boolean => {
    const known = proof.files.get(file.path);
    return known !== undefined && sameIdentity(known, file.identity);
  };
  const here = new Set(walk.entries.map(({ path }) => path));
  const unproven = walk.entries.flatMap((entry) => unprovenOf(entry, proof));
  return {
    proven: files.filter(isProven),
    touched: files.filter((file) => !isProven(file)),
    gone: [...proof.files.keys(), ...proof.shape.keys()].filter((path) => !here.has(path)),
    unproven: [...unproven, ...walk.refused.map(({ path, message }) => ({ path, reason: message }))],
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
