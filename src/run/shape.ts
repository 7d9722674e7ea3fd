import { createHash } from 'node:crypto';
import type { RunEntry } from './entry.js';

/** What of a run has no content of its own. `followed`: a link in whose place the file that it leads to was copied. */
export interface ShapeEntry {
  readonly path: string;
  readonly kind: 'folder' | 'link' | 'followed';
  /** A link's text; empty for a folder. */
  readonly linkTo: string;
}

/** In the order of the entries. */
export const shapeOf = (entries: readonly RunEntry[]): ShapeEntry[] => entries.flatMap((entry) => shapeOfEntry(entry));

/** SHA-256 over names, kinds and link texts: what a digest of files does not see. Hex. */
export function shapeSha256(shape: readonly ShapeEntry[]): string {
  const hash = createHash('sha256');
  for (const { kind, path, linkTo } of shape) hash.update(`${JSON.stringify([kind, path, linkTo])}\n`);
  return hash.digest('hex');
}

function shapeOfEntry(entry: RunEntry): ShapeEntry[] {
  if (entry.kind === 'folder') return [{ kind: 'folder', path: entry.path, linkTo: '' }];
  if (entry.kind === 'link') return [{ kind: 'link', path: entry.path, linkTo: entry.linkTo }];
  return entry.followed === undefined ? [] : [{ kind: 'followed', path: entry.path, linkTo: entry.followed.linkTo }];
}
