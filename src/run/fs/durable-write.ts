import { chown, link, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../../errors.js';
import { temporaryName } from './temp-files.js';

/** What open or fsync of a folder answers on Windows, SMB, some FUSE: nothing more can be done there. */
const NO_FOLDER_SYNC = new Set(['EISDIR', 'EPERM', 'EINVAL', 'ENOTSUP', 'ENOSYS']);

export interface DurableWriteOptions {
  /** Permission bits; the process's umask does not apply. Without it: as for any new file. */
  readonly mode?: number | undefined;
  /** Given to the file where the process may do so. */
  readonly owner?: { readonly uid: number; readonly gid: number } | undefined;
  /** Never replace a file: reject with `EEXIST` instead. */
  readonly exclusive?: boolean | undefined;
  /** Called when the data is on disk and has not taken its name yet; what it throws abandons the write. */
  readonly beforeNaming?: (() => Promise<void>) | undefined;
}

/**
 * Writes a whole file so that a crash or power cut leaves the old content or the new, never a part. Rejects with the
 * system's own errors; nothing of the new content stays then.
 */
export async function durableWrite(
  file: string,
  data: string | Uint8Array,
  options: DurableWriteOptions = {},
): Promise<void> {
  const folder = dirname(file);
  const temporary = join(folder, temporaryName());
  try {
    await writeSynced(temporary, data, options);
    await options.beforeNaming?.();
    if (options.exclusive === true) await nameNew(temporary, file, data, options);
    else await rename(temporary, file);
  } catch (error) {
    await unlink(temporary).catch(() => undefined);
    throw error;
  }
  await syncFolder(folder);
}

async function writeSynced(file: string, data: string | Uint8Array, options: DurableWriteOptions): Promise<void> {
  const handle = await open(file, 'wx', options.mode);
  try {
    await handle.writeFile(data);
    // Before the mode: a change of owner clears set-id bits. Only root may give a file away, and need not be root here.
    if (options.owner !== undefined) await chown(file, options.owner.uid, options.owner.gid).catch(() => undefined);
    if (options.mode !== undefined) await handle.chmod(options.mode);
    await handle.sync();
  } catch (error) {
    // Made above, by us: half of it is worth nothing.
    await unlink(file).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/**
 * `rename` would replace; a hard link refuses to, in one step. A share without hard links has its own word for that: EPERM
 * on exFAT, EIO under `rclone mount`. There the name itself is made, and only where there is none; on a share that is
 * gone, that fails as well.
 */
async function nameNew(
  temporary: string,
  file: string,
  data: string | Uint8Array,
  options: DurableWriteOptions,
): Promise<void> {
  try {
    await link(temporary, file);
  } catch (error) {
    if (systemCode(error) === 'EEXIST') throw error;
    await writeSynced(file, data, options);
  }
  await unlink(temporary);
}

/** Makes the names in a folder survive a power cut, where the system can do that. */
export async function syncFolder(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (!NO_FOLDER_SYNC.has(systemCode(error) ?? '')) throw error;
  }
}
