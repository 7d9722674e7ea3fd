import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import { link, lstat, readdir, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { identityOf } from '../bytes/identity.js';
import { isDiskFull, systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import type { FileIdentity } from '../run/entry.js';
import type { FolderWay } from '../run/fs/folder-cursor.js';
import { unlessAbsent, type HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { printable } from '../run/printable.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../run/record/record-folder.js';

/** Something proven that may go: its path, and its place in a held folder. */
interface Proven extends Same {
  readonly path: string;
  readonly held: string;
  /** Throws once its folder has left the run. */
  readonly still: () => Promise<unknown>;
}

/** A file comes with its open descriptor, and as what it was seen when its content was the proven one. */
export type Going = (Proven & FileIdentity & { readonly fd: number }) | (Proven & { readonly fd: null });

/** Lets it go; `null`, or why it stays. */
export type LetGo = (going: Going) => Promise<string | null>;

/** Into the trash, to stay there for a while. `onFull`: there is no room for its name there. */
export const intoTrash =
  (trash: FolderWay, { faults, onFull }: { readonly faults: Faults; readonly onFull: () => void }): LetGo =>
  async (going) => {
    try {
      const { folder, name } = await trash.to(going.path);
      const at = await folder.at(name);
      return (await acting(faults, 'trash', () => taken(at, going))).reason;
    } catch (error) {
      if (isDiskFull(error)) onFull();
      throw error;
    }
  };

/**
 * For good, by way of a name in the record folder: what has left its own name can be looked at once more, and nothing can
 * take its place.
 */
export const forGood =
  (records: HeldFolder, faults: Faults): LetGo =>
  async (going) => {
    const aside = await records.at(asideName(going.path));
    const { at, reason } = await acting(faults, 'take', () => taken(aside, going));
    if (at === null) return reason;
    if (wasWritten(going)) {
      const back = await putBack(at, going.held);
      return back ? 'it was written to meanwhile' : 'it was written to; it is in the record folder';
    }
    return unlinkForGood(at, going, faults);
  };

/** What was taken out of a folder that is in the run no more goes back to where that is now. */
async function taken(at: string, { held, still, dev, ino }: Going): Promise<Taken> {
  const result = await take(at, held, { dev, ino });
  if (result.at === null) return result;
  try {
    await still();
    return result;
  } catch {
    const back = await putBack(result.at, held);
    return { at: null, reason: back ? 'its folder was moved away meanwhile' : 'it is in the record folder of the run' };
  }
}

/** From the trash itself, where nobody looks for a name. */
export const fromTrash =
  (faults: Faults): LetGo =>
  (going) =>
    unlinkForGood(going.held, going, faults);

async function unlinkForGood(at: string, going: Going, faults: Faults): Promise<string | null> {
  const { held, fd } = going;
  await acting(faults, fd === null ? 'unlink-link' : 'unlink', () => unlink(at));
  if (fd === null || !wasWritten(going)) return null;
  // A program that had it open all the time wrote to it in this instant: its bytes are there as long as we hold it open.
  await copyOut(fd, held).catch(() => copyOut(fd, at));
  return 'it was written to in the moment of its deletion, and is back as it was written';
}

/** Never over anything. */
const copyOut = (fd: number, to: string): Promise<void> =>
  pipeline(
    createReadStream('', { fd, start: 0, autoClose: false }),
    createWriteStream(to, { flags: 'wx', flush: true }),
  );

/** Since its content was the proven one. Its ctime moved with its name, and says nothing. */
function wasWritten(going: Going): boolean {
  if (going.fd === null) return false;
  const now = identityOf(fstatSync(going.fd, { bigint: true }));
  return now.size !== going.size || now.mtimeNs !== going.mtimeNs;
}

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

/** Which file or link it is, whatever its name. */
export interface Same {
  readonly dev: string;
  readonly ino: string;
}

export type Taken = { readonly at: string; readonly reason: null } | { readonly at: null; readonly reason: string };

/**
 * Takes what stands at `held` away to `at`, in one step: between a last look and an unlink somebody may give its name to
 * another file. What was taken and is not the expected one goes back.
 */
export async function take(at: string, held: string, expected: Same): Promise<Taken> {
  const waiting = await sameOf(at);
  if (waiting !== null && !isSame(waiting, expected)) {
    return { at: null, reason: 'another of its name waits in the record folder' };
  }
  // Two names of one file, left by a move that was cut off: a rename between them would do nothing.
  if (waiting !== null) await unlink(at);
  try {
    await rename(held, at);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    return { at: null, reason: 'it is on another file system than the record folder of its run: move it there' };
  }
  const taken = await sameOf(at);
  if (taken !== null && isSame(taken, expected)) return { at, reason: null };
  const back = await putBack(at, held);
  return {
    at: null,
    reason: back ? 'it changed while it was looked at' : 'another took its name; it is in the record folder',
  };
}

/** `false` where something stands there by now. */
export async function putBack(at: string, held: string): Promise<boolean> {
  try {
    await moveNew(at, held);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * `rename` would replace what stands there, and do nothing at all to two names of one file; a hard link refuses. A link is
 * made anew: not every system gives one a second name.
 */
export async function moveNew(from: string, to: string): Promise<void> {
  const stats = await lstat(from, { bigint: true });
  try {
    await (stats.isSymbolicLink() ? symlink(await readlink(from), to) : link(from, to));
  } catch (error) {
    const there = await lstat(to, { bigint: true }).catch(() => null);
    if (there === null) return rename(from, to);
    // A process died between the two: the file has both names.
    if (there.dev !== stats.dev || there.ino !== stats.ino) {
      if (!stats.isSymbolicLink() || (await readlink(to).catch(() => null)) !== (await readlink(from))) throw error;
    }
  }
  await unlink(from);
}

async function sameOf(path: string): Promise<Same | null> {
  const stats = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  return stats === null ? null : { dev: String(stats.dev), ino: String(stats.ino) };
}

const isSame = (a: Same, b: Same): boolean => a.dev === b.dev && a.ino === b.ino;
