import { posix } from 'node:path';
import { NasSyncError } from '../errors.js';
import type { ProofContents } from '../persistence/proof-store.js';
import { byCodePoint } from '../run/code-point-order.js';
import { foldersAbove } from '../run/entry.js';
import { parseManifest } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import type { ShapeEntryWithMode } from '../run/tree-structure.js';

export interface ExpectedFile {
  readonly kind: 'file';
  readonly path: string;
  readonly sha256: string;
  /** `null` where only a manifest tells of the file. */
  readonly size: number | null;
  readonly mtimeNs: string | null;
  /** The permission bits that it had here. */
  readonly mode: number | null;
}

export interface ExpectedLink {
  readonly kind: 'link';
  readonly path: string;
  readonly linkTo: string;
  /** The file of the run that it stood for on the NAS, where links are followed; it comes back with its link. */
  readonly brings: string | null;
}

export interface ExpectedFolder {
  readonly kind: 'folder';
  readonly path: string;
  /** `null` where the proof is of a release that remembered neither. */
  readonly mode: number | null;
  readonly mtimeNs: string | null;
}

export type Expected = ExpectedFile | ExpectedLink | ExpectedFolder;

/** What a run held, as it was proven, or as the manifest on the NAS has it. */
export interface ExpectedRun {
  /** In the order of their paths. */
  readonly entries: readonly Expected[];
  /** `null` where it is not known. */
  readonly manifestSha256: string | null;
}

/** A link in whose place a file was copied becomes a link again, where the file that it leads to comes back too. */
export function fromProof({ proof, files, shape }: ProofContents): ExpectedRun {
  const paths = new Set(files.map(({ path }) => path));
  const rest = shape.flatMap((entry) => fromShape(entry, paths));
  const replaced = new Set(rest.map(({ path }) => path));
  const kept = files
    .filter(({ path }) => !replaced.has(path))
    .map(({ path, size, sha256, mtimeNs, mode }) => ({ kind: 'file' as const, path, size, sha256, mtimeNs, mode }));
  return { entries: inOrder([...kept, ...rest]), manifestSha256: proof.manifestSha256 };
}

function fromShape({ path, kind, linkTo, mode, mtimeNs }: ShapeEntryWithMode, files: ReadonlySet<string>): Expected[] {
  if (kind === 'folder') return [{ kind, path, mode, mtimeNs }];
  if (kind === 'link') return [{ kind, path, linkTo, brings: null }];
  const leadsTo = posix.join(posix.dirname(path), linkTo);
  return files.has(leadsTo) ? [{ kind: 'link', path, linkTo, brings: leadsTo }] : [];
}

/** @throws NasSyncError `source_invalid` for a manifest that says what no honest one does */
export function fromManifest(data: Uint8Array): ExpectedRun {
  const lines = parseManifest(textOf(data));
  const paths = new Set(lines.map(({ path }) => path));
  for (const { path } of lines) {
    if (path === RECORD_FOLDER || path.startsWith(`${RECORD_FOLDER}/`)) {
      throw bad(`names "${printable(path)}", which is no data of the run`);
    }
    const folder = foldersAbove(path).find((above) => paths.has(above));
    if (folder !== undefined) throw bad(`names "${printable(folder)}" as a file and as a folder`);
  }
  const files = lines.map(({ path, sha256 }) => ({
    ...{ kind: 'file' as const, path, sha256, size: null, mtimeNs: null, mode: null },
  }));
  return { entries: inOrder(files), manifestSha256: null };
}

function textOf(data: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw bad('is not UTF-8');
  }
}

const inOrder = (entries: readonly Expected[]): Expected[] => entries.toSorted((a, b) => byCodePoint(a.path, b.path));

const bad = (what: string): NasSyncError =>
  new NasSyncError(
    'source_invalid',
    `the manifest on the NAS ${what}; find out who wrote it before you trust this copy`,
  );
