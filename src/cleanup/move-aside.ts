import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import type { Kept } from '../machines/job-types.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { unlessAbsent } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { printable } from '../run/printable.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../run/record/record-folder.js';
import { putBack } from './move-file.js';

const ASIDE = `${OWN_PREFIX}aside-`;

/**
 * The name in the record folder under which a file is looked at last, right before it is deleted. One name at a time, in
 * a folder that is there already: a disk without a free block has room for that. A path may be longer than a name.
 */
export const asideName = (path: string): string =>
  `${ASIDE}${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;

/**
 * Gives what a process that was killed had moved aside its name back.
 * @param provenPaths asked only where something was
 * @returns what cannot go back
 */
export async function undoMovesAside(
  run: HeldFolder,
  provenPaths: () => Promise<Iterable<string>>,
): Promise<readonly Kept[]> {
  const records = await unlessAbsent(() => run.enter(RECORD_FOLDER));
  if (records === null) return [];
  try {
    const names = new Set((await readdir(await records.at('.'))).filter((name) => name.startsWith(ASIDE)));
    if (names.size === 0) return [];
    const moved: string[] = [];
    for (const path of await provenPaths()) if (names.has(asideName(path))) moved.push(path);
    await within(run, moved, {
      pathOf: (path) => path,
      make: true,
      onLost: () => undefined,
      act: async (path, folder, name) => {
        if (await putBack(await records.at(asideName(path)), await folder.at(name))) names.delete(asideName(path));
      },
    });
    return [...names].map((name) => ({ path: printable(`${RECORD_FOLDER}/${name}`), reason: CANNOT_GO_BACK }));
  } finally {
    await records.close();
  }
}

const CANNOT_GO_BACK =
  'a deletion that was cut off had moved a file of the run there, and its name is taken: compare the two, and move one away';
