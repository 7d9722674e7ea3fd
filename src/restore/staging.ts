import { lstat, mkdir, readdir, rm, rmdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { systemClock } from '../clock.js';
import { NasSyncError, systemCode } from '../errors.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { isLeftover, temporaryName } from '../run/fs/temp-files.js';
import { printable } from '../run/printable.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../run/record/record-folder.js';
import { thereAt } from './compare-destination.js';

/** Walks and pushes pass over it. What follows names the writer, as in the names of all that we leave for a moment. */
const STAGING_PREFIX = `${OWN_PREFIX}restore-`;
const OLD_MS = 24 * 60 * 60 * 1000;

/** Where files arrive and are looked at before they take their names: on the same disk, so that naming copies nothing. */
export class Staging {
  /** Absolute: tools are given it. */
  readonly path: string;
  readonly #root: HeldFolder;
  readonly #above: HeldFolder;
  readonly #folder: HeldFolder;
  readonly #name: string;
  readonly #madeAbove: boolean;
  #usualMode: Promise<number> | null = null;

  private constructor(path: string, root: HeldFolder, above: HeldFolder, folder: HeldFolder, madeAbove: boolean) {
    this.path = path;
    this.#root = root;
    this.#above = above;
    this.#folder = folder;
    this.#name = path.slice(path.lastIndexOf(STAGING_PREFIX));
    this.#madeAbove = madeAbove;
  }

  /**
   * Below the destination that is held as `root`; what a restore that died has left there is removed.
   * @throws NasSyncError `job_busy` where another restore is at work there, `not_allowed` where a link leads elsewhere
   */
  static async open(destination: string, root: HeldFolder): Promise<Staging> {
    const madeAbove = (await thereAt(await root.at(RECORD_FOLDER))) === null;
    const above = await root.enterNew(RECORD_FOLDER).catch((error: unknown) => {
      throw notOurs(destination, error);
    });
    try {
      await removeOthers(above, destination);
      const name = `${STAGING_PREFIX}${temporaryName().slice(OWN_PREFIX.length)}`;
      await mkdir(await above.at(name), { mode: 0o700 });
      const folder = await above.enter(name);
      const path = join(destination, RECORD_FOLDER, name);
      await requireSame(folder, path, destination);
      return new Staging(path, root, above, folder, madeAbove);
    } catch (error) {
      await above.close();
      throw error;
    }
  }

  /** A path to a file of the run that has arrived, or may have. */
  at(path: string): Promise<string> {
    return this.#folder.at(path);
  }

  /**
   * The bits of a mode that this process gives to what is new. Node tells its umask only by setting another for a moment, in
   * which a thread beside may make a file; and where a folder has a default list of access, no umask counts.
   */
  usualMode(): Promise<number> {
    return (this.#usualMode ??= this.#tryMode());
  }

  async remove(): Promise<void> {
    await this.#folder.close();
    await rm(await this.#above.at(this.#name), { recursive: true, force: true, maxRetries: 2 });
    await this.#above.close();
    // It stays where the record was brought back, or somebody put something there.
    if (this.#madeAbove) await rmdir(await this.#root.at(RECORD_FOLDER)).catch(() => undefined);
  }

  async #tryMode(): Promise<number> {
    const tried = await this.#folder.at(temporaryName());
    await mkdir(tried, { mode: 0o777 });
    const { mode } = await lstat(tried);
    await rmdir(tried);
    return mode & 0o777;
  }
}

/** Tools go by the path, and must come to the folder that is held. */
async function requireSame(folder: HeldFolder, path: string, destination: string): Promise<void> {
  const [held, named] = [await stat(await folder.at('.'), { bigint: true }), await lstat(path, { bigint: true })];
  if (held.dev !== named.dev || held.ino !== named.ino) throw notOurs(destination);
}

async function removeOthers(above: HeldFolder, destination: string): Promise<void> {
  const names = await readdir(await above.at('.'));
  for (const name of names.filter((each) => each.startsWith(STAGING_PREFIX))) {
    const file = await above.at(name);
    const stats = await thereAt(file);
    if (stats === null) continue;
    const dead = isLeftover(OWN_PREFIX + name.slice(STAGING_PREFIX.length), null);
    if (!dead && systemClock.now() - Number(stats.mtimeMs) < OLD_MS) throw busy(join(destination, RECORD_FOLDER, name));
    await rm(file, { recursive: true, force: true });
  }
}

const busy = (path: string): NasSyncError =>
  new NasSyncError(
    'job_busy',
    `another restore is at work here; wait for its end, or, if there is none, remove ${printable(path)}`,
  );

function notOurs(destination: string, cause?: unknown): unknown {
  const code = systemCode(cause);
  if (cause !== undefined && code !== 'ELOOP' && code !== 'ENOTDIR') return cause;
  const folder = printable(join(destination, RECORD_FOLDER));
  return new NasSyncError(
    'not_allowed',
    `${folder} is no folder, or leads elsewhere; move it away, then restore again`,
    {
      cause,
    },
  );
}
