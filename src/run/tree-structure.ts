import { createHash } from 'node:crypto';
import type { RunEntry } from './entry.js';

/** What of a run has no content of its own. `followed`: a link in whose place the file that it leads to was copied. */
export interface ShapeEntry {
  readonly path: string;
  readonly kind: 'folder' | 'link' | 'followed';
  /** A link's text; empty for a folder. */
  readonly linkTo: string;
}

/** The same, with what a folder had on the workstation. No seal covers that; `null` where it is not known, or of a link. */
export interface ShapeEntryWithMode extends ShapeEntry {
  readonly mode: number | null;
  readonly mtimeNs: string | null;
}

/** In the order of the entries. */
export const shapeOf = (entries: readonly RunEntry[]): ShapeEntryWithMode[] =>
  entries.flatMap((entry) => shapeOfEntry(entry));

/** SHA-256 over names, kinds and link texts: what a digest of files does not see. Hex. */
export function shapeSha256(shape: readonly ShapeEntry[]): string {
  const hash = createHash('sha256');
  for (const { kind, path, linkTo } of shape) hash.update(`${JSON.stringify([kind, path, linkTo])}\n`);
  return hash.digest('hex');
}

function shapeOfEntry(entry: RunEntry): ShapeEntryWithMode[] {
  const { path } = entry;
  if (entry.kind === 'folder') {
    const { mode, mtimeNs } = entry.remembered ?? entry;
    return [{ kind: 'folder', path, linkTo: '', mode, mtimeNs }];
  }
  if (entry.kind === 'link') return [{ kind: 'link', path, linkTo: entry.linkTo, mode: null, mtimeNs: null }];
  if (entry.followed === undefined) return [];
  return [{ kind: 'followed', path, linkTo: entry.followed.linkTo, mode: null, mtimeNs: null }];
}
