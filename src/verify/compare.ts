import type { Digest } from '../run/digest.js';
import type { FileEntry, RunEntry } from '../run/entry.js';
import { byCodePoint } from '../run/order.js';
import type { TargetFile, TargetListing } from '../transports/transport.js';

/** Where the two sides differ, by path. All empty: the target holds the run, byte for byte and name for name. */
export interface Comparison {
  /** On both sides, with different content, link text or kind. */
  readonly mismatched: readonly string[];
  /** In the run, not on the target. */
  readonly missing: readonly string[];
  /** On the target, not in the run. */
  readonly extra: readonly string[];
}

/** A path's kind is part of what it holds: a link is never equal to a file. */
type There =
  | ({ readonly kind: 'file' } & TargetFile)
  | { readonly kind: 'link'; readonly linkTo: string }
  | { readonly kind: 'folder' };

/**
 * Compares names byte for byte (no Unicode or case folding) and contents by their hashes. `isUntold`: what left the
 * workstation, so that a target which can only compare says nothing of its content; its size must do. Pure.
 */
export function compare(
  entries: readonly RunEntry[],
  isContentOf: (file: FileEntry, digest: Digest) => boolean,
  target: TargetListing,
  isUntold: (path: string) => boolean = () => false,
): Comparison {
  const there = placesOf(target);
  // Whoever can hash and tells nothing of a file holds another, or none: it went while it was read.
  const untold = (path: string): boolean => target.comparesOnly === true && isUntold(path);
  const mismatched: string[] = [];
  const missing: string[] = [];
  const here = new Set<string>();
  for (const entry of entries) {
    here.add(entry.path);
    const present = there.get(entry.path);
    if (present === undefined) missing.push(entry.path);
    else if (!same(entry, present, { isContentOf, isUntold: untold })) mismatched.push(entry.path);
  }
  // The others' names are made printable, so one of them may look like a file of the run, and is none.
  const extra = [...[...there.keys()].filter((path) => !here.has(path)), ...target.others];
  return { mismatched, missing, extra: extra.sort(byCodePoint) };
}

export const isSame = ({ mismatched, missing, extra }: Comparison): boolean =>
  mismatched.length === 0 && missing.length === 0 && extra.length === 0;

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
