import { constants, type BigIntStats } from 'node:fs';
import { chmod, lstat, mkdir, open, readlink, utimes, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../../errors.js';

const FOLDER = constants.O_RDONLY | ((constants.O_DIRECTORY as number | undefined) ?? 0);
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** Names below an open folder can be reached through its descriptor, whatever becomes of its path. */
const THROUGH_DESCRIPTOR = process.platform === 'linux';

/**
 * A folder that stays the same one while it is held: between a look and an act somebody may put a link to elsewhere in
 * its place. Where the system cannot do that, its identity is compared at each step. One that was moved away meanwhile is
 * not the folder that it was either: what somebody took out of a run is no longer ours.
 */
export class HeldFolder {
  readonly #path: string;
  readonly #handle: FileHandle | null;
  readonly #was: BigIntStats;
  /** Where the descriptor led when it was opened. */
  readonly #place: string;

  private constructor(path: string, was: BigIntStats, handle: FileHandle | null = null, place = path) {
    this.#path = path;
    this.#was = was;
    this.#handle = handle;
    this.#place = place;
  }

  /** Rejects with the system's own error: `ELOOP` or `ENOTDIR` where a link stands at `path`. */
  static async open(path: string): Promise<HeldFolder> {
    if (!THROUGH_DESCRIPTOR) return new HeldFolder(path, await folderAt(path));
    const handle = await open(path, FOLDER | NO_FOLLOW);
    try {
      return new HeldFolder(path, await handle.stat({ bigint: true }), handle, await placeOf(handle));
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** The folder of this name in it. */
  async enter(name: string): Promise<HeldFolder> {
    return HeldFolder.open(await this.at(name));
  }

  /** The folder of this name in it, made if nothing stands there. */
  async enterNew(name: string): Promise<HeldFolder> {
    await mkdir(await this.at(name)).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
    });
    return this.enter(name);
  }

  /**
   * A path by which the name in this folder, and no other, can be used as long as it is held.
   * Rejects with `ENOTDIR` once the folder has left its place.
   */
  async at(name: string): Promise<string> {
    if (this.#handle !== null) {
      if ((await placeOf(this.#handle)) !== this.#place) throw notTheSame(this.#place);
      return `${descriptor(this.#handle)}/${name}`;
    }
    return join(await this.#verified(), name);
  }

  async stat(): Promise<BigIntStats> {
    return this.#handle === null ? folderAt(await this.#verified()) : this.#handle.stat({ bigint: true });
  }

  /** Exactly this mode: neither an umask nor what the folder had counts. */
  async chmod(mode: number): Promise<void> {
    await (this.#handle === null ? chmod(await this.#verified(), mode) : this.#handle.chmod(mode));
  }

  /** Of its last access and change, in seconds as {@link FileHandle.utimes} takes them. */
  async setTime(seconds: string): Promise<void> {
    await (this.#handle === null
      ? utimes(await this.#verified(), seconds, seconds)
      : this.#handle.utimes(seconds, seconds));
  }

  /** Makes what was named or unnamed in it survive a power cut, where the system can do that. */
  async sync(): Promise<void> {
    await this.#handle?.sync().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }

  /** Its path, where the system holds no folder for us, and it still leads to this one. */
  async #verified(): Promise<string> {
    const now = await folderAt(this.#path);
    if (now.dev !== this.#was.dev || now.ino !== this.#was.ino) throw notTheSame(this.#path);
    return this.#path;
  }
}

/** `null` where nothing stands at its path. */
export async function unlessAbsent(open: () => Promise<HeldFolder>): Promise<HeldFolder | null> {
  try {
    return await open();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

const descriptor = ({ fd }: FileHandle): string => `/proc/self/fd/${fd}`;

const placeOf = (handle: FileHandle): Promise<string> => readlink(descriptor(handle));

async function folderAt(path: string): Promise<BigIntStats> {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isDirectory()) throw notTheSame(path);
  return stats;
}

const notTheSame = (path: string): Error =>
  Object.assign(new Error(`${path} is not the folder that it was`), { code: 'ENOTDIR' });
