import { closest } from '../config/did-you-mean.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import type { Expected } from './expected.js';

/** Beyond this many names, looking for the one that was meant takes longer than a person wants to wait. */
const MOST_COMPARED = 20_000;

/**
 * What of the run was asked for: files by their paths in it, folders with all below them; everything, where nothing was
 * named. @throws NasSyncError `usage`, naming what the run does not hold
 */
export function select(entries: readonly Expected[], wanted: readonly string[], runPath: string): readonly Expected[] {
  if (wanted.length === 0) return entries;
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const chosen = new Set<string>();
  for (const given of wanted) {
    const name = byPath.has(given) ? given : nameInRun(given, runPath);
    const found = entries.filter(({ path }) => path === name || path.startsWith(`${name}/`));
    if (found.length === 0) throw unknownFile(given, name, entries);
    for (const { path } of found) chosen.add(path);
  }
  // Grows while it is gone through: a link may lead to a link.
  for (const path of chosen) {
    const entry = byPath.get(path);
    if (entry?.kind === 'link' && entry.brings !== null) chosen.add(entry.brings);
  }
  return entries.filter(({ path }) => chosen.has(path));
}

/** As a shell completes it: absolute, with `./` in front or a slash behind. */
function nameInRun(given: string, runPath: string): string {
  const below = given.startsWith(`${runPath}/`) ? given.slice(runPath.length + 1) : given;
  return below.replace(/^(?:\.\/+)+/u, '').replace(/\/+$/u, '');
}

function unknownFile(given: string, name: string, entries: readonly Expected[]): NasSyncError {
  const paths = entries.slice(0, MOST_COMPARED).map(({ path }) => path);
  const near = closest(name, paths);
  const hint = near === null ? '' : `; did you mean ${printable(near)}?`;
  return new NasSyncError('usage', `the run holds no file or folder ${printable(given)}${hint}`);
}
