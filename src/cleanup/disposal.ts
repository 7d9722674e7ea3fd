import { createReadStream, createWriteStream, fstatSync } from 'node:fs';
import { unlink } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { identityOf } from '../bytes/identity.js';
import { isDiskFull } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { FileIdentity } from '../run/entry.js';
import type { FolderWay } from '../run/fs/folder-cursor.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { asideName } from './move-aside.js';
import { putBack, take, type Same, type Taken } from './move-file.js';

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
