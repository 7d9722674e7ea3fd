import { createReadStream, createWriteStream, fstatSync, type BigIntStats } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { FolderWay } from '../run/folder-way.js';
import { putBack, take, type Same, type Taken } from './take.js';

/** Something proven that may go: its path, its place in a held folder, and, of a file, its open descriptor. */
export interface Going extends Same {
  readonly path: string;
  readonly held: string;
  readonly fd: number | null;
}

/** Lets it go; `null`, or why it stays. */
export type LetGo = (going: Going) => Promise<string | null>;

/** Into the trash, to stay there for a while. */
export const intoTrash =
  (trash: FolderWay, faults: Faults): LetGo =>
  async ({ path, held, ...expected }) =>
    (await acting(faults, 'trash', () => take(trash, path, held, expected))).reason;

/** For good, through the trash: what has left its name can be looked at once more, and nothing can take its place. */
export const forGood =
  (trash: FolderWay, faults: Faults): LetGo =>
  async (going) => {
    const { path, held, fd } = going;
    const before = fd === null ? null : fstatSync(fd, { bigint: true });
    const { at, reason } = await acting(faults, 'take', () => takeOrLeave(trash, path, held, going));
    if (at === null) return reason;
    if (at !== held && isOther(fd, before)) {
      return (await putBack(at, held)) ? 'it was written to meanwhile' : 'it was written to; it is in the trash';
    }
    return unlinkForGood(at, going, { before, faults });
  };

/** A file system of its own, mounted inside the run, cannot be moved from: what is on it is unlinked where it is. */
async function takeOrLeave(trash: FolderWay, path: string, held: string, expected: Same): Promise<Taken> {
  try {
    return await take(trash, path, held, expected);
  } catch (error) {
    if (systemCode(error) === 'EXDEV') return { at: held, reason: null };
    throw error;
  }
}

/** From the trash itself, where nobody looks for a name. */
export const fromTrash =
  (faults: Faults): LetGo =>
  (going) =>
    unlinkForGood(going.held, going, {
      before: going.fd === null ? null : fstatSync(going.fd, { bigint: true }),
      faults,
    });

async function unlinkForGood(
  at: string,
  { held, fd }: Going,
  { before, faults }: { readonly before: BigIntStats | null; readonly faults: Faults },
): Promise<string | null> {
  await acting(faults, fd === null ? 'unlink-link' : 'unlink', () => unlink(at));
  if (fd === null || !isOther(fd, before)) return null;
  // A program that had it open all the time wrote to it in this instant: its bytes are there as long as we hold it open.
  await pipeline(
    createReadStream('', { fd, start: 0, autoClose: false }),
    createWriteStream(held, { flags: 'wx', flush: true }),
  );
  return 'it was written to in the moment of its deletion, and is back as it was written';
}

/** Its times by the system's change of name do not count. */
function isOther(fd: number | null, before: BigIntStats | null): boolean {
  if (fd === null || before === null) return false;
  const now = fstatSync(fd, { bigint: true });
  return now.size !== before.size || now.mtimeNs !== before.mtimeNs;
}
