import { constants, type BigIntStats } from 'node:fs';
import { lstat, mkdir, open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { systemCode } from '../errors.js';

const FOLDER = constants.O_RDONLY | ((constants.O_DIRECTORY as number | undefined) ?? 0);
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** Names below an open folder can be reached through its descriptor, whatever becomes of its path. */
const THROUGH_DESCRIPTOR = process.platform === 'linux';

/**
 * A folder that stays the same one while it is held: between a look and an act somebody may put a link to elsewhere in
 * its place. Where the system cannot do that, its identity is compared at each step.
 */
export class HeldFolder {
  readonly #path: string;
  readonly #handle: FileHandle | null;
  readonly #was: BigIntStats;

  private constructor(path: string, handle: FileHandle | null, was: BigIntStats) {
    this.#path = path;
    this.#handle = handle;
    this.#was = was;
  }

  /** Rejects with the system's own error: `ELOOP` or `ENOTDIR` where a link stands at `path`. */
  static async open(path: string): Promise<HeldFolder> {
    if (!THROUGH_DESCRIPTOR) return new HeldFolder(path, null, await folderAt(path));
    const handle = await open(path, FOLDER | NO_FOLLOW);
    return new HeldFolder(path, handle, await handle.stat({ bigint: true }));
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

  /** A path by which the name in this folder, and no other, can be used as long as it is held. */
  async at(name: string): Promise<string> {
    if (this.#handle !== null) return `/proc/self/fd/${this.#handle.fd}/${name}`;
    const now = await folderAt(this.#path);
    if (now.dev !== this.#was.dev || now.ino !== this.#was.ino) throw notTheSame(this.#path);
    return join(this.#path, name);
  }

  /** Makes what was named or unnamed in it survive a power cut, where the system can do that. */
  async sync(): Promise<void> {
    await this.#handle?.sync().catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.#handle?.close();
  }
}

async function folderAt(path: string): Promise<BigIntStats> {
  const stats = await lstat(path, { bigint: true });
  if (!stats.isDirectory()) throw notTheSame(path);
  return stats;
}

const notTheSame = (path: string): Error =>
  Object.assign(new Error(`${path} is not the folder that it was`), { code: 'ENOTDIR' });
