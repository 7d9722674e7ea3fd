import type { ProofContents, ProvenFile } from '../persistence/proof-store.js';
import { byCodePoint } from '../run/code-point-order.js';
import { summarizeWalk, type FileEntry, type RunEntry, type RunWalk } from '../run/entry.js';
import type { ShapeEntryWithMode } from '../run/tree-structure.js';

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
  const stayed = walk.entries.map((entry) => asRemembered(entry, shape.get(entry.path)));
  const entries = [...stayed, ...gone].sort((a, b) => byCodePoint(a.path, b.path));
  return summarizeWalk(entries, walk.refused);
}

/**
 * Each deletion in a folder moves its time, and who unlocks it for that gives it another mode: of a folder that stayed, the
 * proof's time counts, and of both modes what they share.
 */
function asRemembered(entry: RunEntry, known: ShapeEntryWithMode | undefined): RunEntry {
  if (entry.kind !== 'folder' || known?.kind !== 'folder') return entry;
  const mode = known.mode === null ? entry.mode : known.mode & entry.mode;
  return { ...entry, remembered: { mode, mtimeNs: known.mtimeNs } };
}

/** Where the proof does not know a mode or time, the entry has one all the same; `remembered` says that it is made up. */
function fileEntry(
  { path, size, mtimeNs, ctimeNs, dev, ino, mode }: ProvenFile,
  shape: ShapeEntryWithMode | undefined,
): FileEntry {
  const identity = { size, mtimeNs, ctimeNs, dev, ino };
  const made = { kind: 'file' as const, path, identity };
  const entry: FileEntry = mode === null ? { ...made, mode: 0o644, remembered: { mode } } : { ...made, mode };
  return shape?.kind === 'followed' ? { ...entry, followed: { linkTo: shape.linkTo, file: path } } : entry;
}

const shapeEntry = ({ path, kind, linkTo, mode, mtimeNs }: ShapeEntryWithMode): RunEntry =>
  kind === 'folder'
    ? { kind: 'folder', path, mode: mode ?? 0o755, mtimeNs: mtimeNs ?? '0', remembered: { mode, mtimeNs } }
    : { kind: 'link', path, linkTo };
