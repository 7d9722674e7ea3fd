import { join } from 'node:path';
import { NasSyncError } from '../errors.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { printable } from '../run/printable.js';
import { mainOf } from '../run/transient-name.js';
import { survey, thereAt, type Surveying } from './compare-destination.js';
import type { Expected } from './expected.js';

interface Restored {
  /** What is about to get its name. */
  readonly written: readonly Expected[];
  /** What is there already, as it was proven. */
  readonly inPlace: readonly Expected[];
  /** All that was proven. */
  readonly all: readonly Expected[];
}

/**
 * A log beside another version of its file is replayed over it by the next program that opens that: SQLite does. So a
 * log comes back only with or beside the file that it was proven with, or where there is none.
 * @throws NasSyncError `not_allowed`
 */
export async function assertNoneStale(
  root: HeldFolder | null,
  to: string,
  { written, inPlace, all }: Restored,
  surveying: Surveying,
): Promise<void> {
  if (root === null) return;
  const proven = new Map(all.map((entry) => [entry.path, entry]));
  const right = new Set([...written, ...inPlace].map(({ path }) => path));
  for (const { path } of written) {
    const main = mainOf(path);
    if (main === null || right.has(main) || !(await stands(join(to, main)))) continue;
    const entry = proven.get(main);
    if (entry !== undefined && (await survey(root, to, [entry], surveying)).equal.length === 1) continue;
    const name = printable(path);
    throw new NasSyncError(
      'not_allowed',
      `${name} belongs to another version of ${printable(main)} than the one in ${printable(to)}, and may be replayed over it; restore it --to another folder`,
    );
  }
}

const stands = async (file: string): Promise<boolean> =>
  thereAt(file).then(
    (stats) => stats !== null,
    // A file on the way: whatever stands there is told by the survey.
    () => true,
  );
