import { systemCode } from '../errors.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { secondsOf } from './copy-metadata.js';

/** A folder that was in a run, and what it had there; `null` where nobody knows. */
export interface FolderDress {
  readonly path: string;
  readonly mode: number | null;
  readonly mtimeNs: string | null;
}

/** No set-id and no sticky bit: these say what programs and accounts may do, and the run is back without them. */
export const PERMISSIONS = 0o777;
/** What we need of a folder of ours as long as we put something there. */
export const OWNER = 0o700;
export const SET_GROUP = 0o2000;

/** File systems that keep no modes, or no times of that kind. */
const NOT_KEPT = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EINVAL']);
/** Somebody took it away meanwhile. */
const GONE = new Set(['ENOENT', 'ENOTDIR', 'ELOOP']);

/**
 * Gives folders that we made the modes and times that they had in the run, once nothing more is put there: the deepest
 * first, for a folder may be closed to us afterwards.
 * @param folders in the order of their paths
 */
export async function dressFolders(root: HeldFolder, folders: readonly FolderDress[]): Promise<void> {
  await within(root, folders.toReversed(), {
    pathOf: ({ path }) => path,
    act: async (folder, above, name) => {
      try {
        await dressFolder(await above.enter(name), folder);
      } catch (error) {
        if (!GONE.has(systemCode(error) ?? '')) throw error;
      }
    },
    onLost: () => undefined,
  });
}

async function dressFolder(held: HeldFolder, { mode, mtimeNs }: FolderDress): Promise<void> {
  try {
    if (mode !== null) {
      // The group of what is made there is the matter of the folder above, from which it inherited that.
      const inherited = Number((await held.stat()).mode) & SET_GROUP;
      await unlessNotKept(held.chmod((mode & PERMISSIONS) | inherited));
    }
    if (mtimeNs !== null) await unlessNotKept(held.setTime(secondsOf(BigInt(mtimeNs))));
  } finally {
    await held.close();
  }
}

/** What a file system cannot hold is no failure: the content is what counts. */
export async function unlessNotKept(change: Promise<void>): Promise<void> {
  await change.catch((error: unknown) => {
    if (!NOT_KEPT.has(systemCode(error) ?? '')) throw error;
  });
}
