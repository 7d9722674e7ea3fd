import type { Evidence } from '../machines/job-types.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { Digest, FileEntry, RunEntry } from '../run/entry.js';
import type { NameRules, PathTest } from '../run/name-rules.js';
import type { TargetFile, TargetListing } from '../transports/transport.js';

/** Where the two sides differ, by path. */
export interface Comparison {
  /** On both sides, with different content, link text or kind. */
  readonly mismatched: readonly string[];
  /** In the run, not on the target. */
  readonly missing: readonly string[];
  /** On the target, not in the run. */
  readonly extra: readonly string[];
  /** Volatile names that only one side has, or that differ: no damage. */
  readonly volatile: readonly string[];
}

export interface CompareOptions {
  /** What left the workstation, so that a target which can only compare says nothing of its content; its size must do. */
  readonly isUntold?: PathTest;
  readonly names: Pick<NameRules, 'isVolatile' | 'isExcluded'>;
}

/** A path's kind is part of what it holds: a link is never equal to a file. */
type There =
  | ({ readonly kind: 'file' } & TargetFile)
  | { readonly kind: 'link'; readonly linkTo: string }
  | { readonly kind: 'folder' };

/**
 * Compares names byte for byte (no Unicode or case folding) and contents by their hashes. Excluded names of the target are
 * passed over. Pure.
 */
export function compare(
  entries: readonly RunEntry[],
  isContentOf: (file: FileEntry, digest: Digest) => boolean,
  target: TargetListing,
  { isUntold = () => false, names }: CompareOptions,
): Comparison {
  const there = placesOf(target);
  // Whoever can hash and tells nothing of a file holds another, or none: it went while it was read.
  const untold = (path: string): boolean => target.comparesOnly === true && isUntold(path);
  const mismatched: string[] = [];
  const missing: string[] = [];
  const extra: string[] = [];
  const volatile: string[] = [];
  const tell = (path: string, list: string[]): void => {
    (names.isVolatile(path) ? volatile : list).push(path);
  };
  const here = new Set<string>();
  for (const entry of entries) {
    here.add(entry.path);
    const present = there.get(entry.path);
    if (present === undefined) tell(entry.path, missing);
    else if (!same(entry, present, { isContentOf, isUntold: untold })) tell(entry.path, mismatched);
  }
  for (const path of there.keys()) if (!here.has(path) && !names.isExcluded(path)) tell(path, extra);
  // The others' names are made printable, so one of them may look like a file of the run, and is none.
  for (const path of target.others) if (!names.isExcluded(path)) tell(path, extra);
  return { mismatched, missing, extra: extra.sort(byCodePoint), volatile: volatile.sort(byCodePoint) };
}

/** The target holds the run, byte for byte and name for name; it may hold more. */
export const holdsRun = ({ mismatched, missing }: Comparison): boolean =>
  mismatched.length === 0 && missing.length === 0;

/** The target holds the run and nothing else. */
export const isSame = (comparison: Comparison): boolean => holdsRun(comparison) && comparison.extra.length === 0;

interface Told {
  readonly isContentOf: (file: FileEntry, digest: Digest) => boolean;
  readonly isUntold: (path: string) => boolean;
}

function same(entry: RunEntry, there: There, { isContentOf, isUntold }: Told): boolean {
  if (entry.kind === 'folder' || there.kind === 'folder') return entry.kind === there.kind;
  if (entry.kind === 'link') return there.kind === 'link' && there.linkTo === entry.linkTo;
  if (there.kind !== 'file' || there.size !== entry.identity.size) return false;
  return there.digest === null ? isUntold(entry.path) : isContentOf(entry, there.digest);
}

function placesOf(target: TargetListing): Map<string, There> {
  const places = new Map<string, There>();
  for (const file of target.files) places.set(file.path, { kind: 'file', ...file });
  for (const { path, linkTo } of target.links) places.set(path, { kind: 'link', linkTo });
  for (const folder of target.folders) places.set(folder, { kind: 'folder' });
  return places;
}

/** What one pass on demand saw. `files` and `bytes` are the run's. */
export interface VerifyResult extends Omit<Comparison, 'volatile'> {
  /** Volatile names that differ, or that one side has alone: no damage. Not there where there are none. */
  readonly volatile?: readonly string[];
  readonly runPath: string;
  readonly ok: boolean;
  readonly evidence: Evidence;
  readonly files: number;
  readonly bytes: number;
}
