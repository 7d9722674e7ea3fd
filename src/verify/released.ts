import type { FileDigest } from '../persistence/digest-store.js';
import type { ProofContents } from '../persistence/proof-store.js';
import { summarizeWalk, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';
import { byCodePoint } from '../run/order.js';
import type { ShapeEntry } from '../run/shape.js';

/** What of a run may have left the workstation by our own hand: everything that its proof names. */
export type Released = Pick<ProofContents, 'files' | 'shape'> | null;

/** The run as it was proven and now is: what left it under its proof stands in the walk as the proof has it. */
export function withReleased(walk: RunWalk, released: Released): RunWalk {
  if (released === null) return walk;
  const here = new Set(walk.entries.map(({ path }) => path));
  const shape = new Map(released.shape.map((entry) => [entry.path, entry]));
  const files = released.files.map((file) => fileEntry(file, shape.get(file.path)));
  const others = released.shape.filter(({ kind }) => kind !== 'followed').map(shapeEntry);
  const gone = [...files, ...others].filter(({ path }) => !here.has(path));
  const entries = [...walk.entries, ...gone].sort((a, b) => byCodePoint(a.path, b.path));
  return summarizeWalk(entries, walk.refused);
}

function fileEntry({ path, size, mtimeNs, ctimeNs, dev, ino }: FileDigest, shape: ShapeEntry | undefined): FileEntry {
  const entry: FileEntry = { kind: 'file', path, mode: 0o644, identity: { size, mtimeNs, ctimeNs, dev, ino } };
  return shape?.kind === 'followed' ? { ...entry, followed: { linkTo: shape.linkTo, file: path } } : entry;
}

const shapeEntry = ({ path, kind, linkTo }: ShapeEntry): RunEntry =>
  kind === 'folder' ? { kind: 'folder', path, mode: 0o755, mtimeNs: '0' } : { kind: 'link', path, linkTo };
