import { pathTest, type PathTest } from '../run/name-rules.js';
import type { RunEntry } from '../run/entry.js';

/** Patterns of names that desktops and storage systems write by themselves. */
export interface VolatileOptions {
  readonly volatile?: readonly string[];
}

/**
 * Of these patterns, those that name nothing in the run. Folders of such names on the target are not looked into: a
 * snapshot folder holds the whole history of the share, and a thumbnail folder may be another account's.
 */
function foreignPatterns(patterns: readonly string[], entries: readonly RunEntry[]): string[] {
  const isVolatile = pathTest(patterns, true);
  // Of a run with a million files a handful, if any: these alone are asked for each pattern.
  const held = entries.filter(({ path }) => isVolatile(path));
  return patterns.filter((pattern) => {
    const isNamed = pathTest([pattern], true);
    return !held.some(({ path }) => isNamed(path));
  });
}

/** Those among them that are plain names: tools that list take no others. */
export const foreignNames = (patterns: readonly string[], entries: readonly RunEntry[]): string[] =>
  foreignPatterns(patterns, entries).filter((pattern) => !/[/\p{Cc}]/u.test(pattern));

export const opaqueTest = (patterns: readonly string[], entries: readonly RunEntry[]): PathTest =>
  pathTest(foreignPatterns(patterns, entries), true);
