import type { RunEntry } from '../run/entry.js';
import { byCodePoint } from '../run/order.js';
import type { TargetListing } from '../transports/transport.js';

/** Where the two sides differ, by path. All empty: the target holds the run, byte for byte and name for name. */
export interface Comparison {
  /** On both sides, with different content, link text or kind. */
  readonly mismatched: readonly string[];
  /** In the run, not on the target. */
  readonly missing: readonly string[];
  /** On the target, not in the run. */
  readonly extra: readonly string[];
}

/** What a name holds, as one comparable string. A path's kind is part of it: a link is never equal to a file. */
type Content = string;

/** Compares names byte for byte (no Unicode or case folding) and contents by SHA-256. Pure. */
export function compare(
  entries: readonly RunEntry[],
  sha256Of: (path: string) => string | null,
  target: TargetListing,
): Comparison {
  const there = contentsOf(target);
  const mismatched: string[] = [];
  const missing: string[] = [];
  const here = new Set<string>();
  for (const entry of entries) {
    here.add(entry.path);
    const present = there.get(entry.path);
    if (present === undefined) missing.push(entry.path);
    else if (present !== contentOf(entry, sha256Of)) mismatched.push(entry.path);
  }
  // The others' names are made printable, so one of them may look like a file of the run, and is none.
  const extra = [...[...there.keys()].filter((path) => !here.has(path)), ...target.others];
  return { mismatched, missing, extra: extra.sort(byCodePoint) };
}

export const isSame = ({ mismatched, missing, extra }: Comparison): boolean =>
  mismatched.length === 0 && missing.length === 0 && extra.length === 0;

function contentOf(entry: RunEntry, sha256Of: (path: string) => string | null): Content {
  switch (entry.kind) {
    case 'file':
      return `file ${entry.identity.size} ${sha256Of(entry.path) ?? 'unread'}`;
    case 'link':
      return `link ${entry.linkTo}`;
    case 'folder':
      return 'folder';
  }
}

function contentsOf(target: TargetListing): Map<string, Content> {
  const contents = new Map<string, Content>();
  for (const file of target.files) contents.set(file.path, `file ${file.size} ${file.sha256}`);
  for (const link of target.links) contents.set(link.path, `link ${link.linkTo}`);
  for (const folder of target.folders) contents.set(folder, 'folder');
  return contents;
}
