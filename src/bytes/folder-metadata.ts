import { systemCode } from '../errors.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { PERMISSIONS } from '../run/target-mode.js';
import { isUnsupportedMetadata, secondsOf } from './copy-metadata.js';

/** A folder of a run, and the mode and time that it had there; `null` where the proof does not hold them. */
export interface FolderMetadata {
  readonly path: string;
  readonly mode: number | null;
  readonly mtimeNs: string | null;
}

export const SET_GROUP = 0o2000;

/** The folder was removed or replaced meanwhile. */
const MISSING_CODES = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/**
 * Gives folders that we made the modes and times that they had in the run, once nothing more is put there: the deepest
 * first, for a folder may be closed to us afterwards.
 * @param folders in the order of their paths
 */
export async function applyFolderMetadata(root: HeldFolder, folders: readonly FolderMetadata[]): Promise<void> {
  await within(root, folders.toReversed(), {
    pathOf: ({ path }) => path,
    act: async (folder, above, name) => {
      try {
        await applyMetadata(await above.enter(name), folder);
      } catch (error) {
        if (!MISSING_CODES.has(systemCode(error) ?? '')) throw error;
      }
    },
    onLost: () => undefined,
  });
}

async function applyMetadata(held: HeldFolder, { mode, mtimeNs }: FolderMetadata): Promise<void> {
  try {
    if (mode !== null) {
      // The group of what is made there is the matter of the folder above, from which it inherited that.
      const inherited = Number((await held.stat()).mode) & SET_GROUP;
      await ignoreUnsupported(held.chmod((mode & PERMISSIONS) | inherited));
    }
    if (mtimeNs !== null) await ignoreUnsupported(held.setTime(secondsOf(BigInt(mtimeNs))));
  } finally {
    await held.close();
  }
}

/** A mode or time that the file system cannot store is no failure. One that is out of its range is EINVAL. */
export async function ignoreUnsupported(change: Promise<void>): Promise<void> {
  await change.catch((error: unknown) => {
    const code = systemCode(error);
    if (!isUnsupportedMetadata(code) && code !== 'EINVAL') throw error;
  });
}
