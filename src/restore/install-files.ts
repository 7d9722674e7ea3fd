import { constants } from 'node:fs';
import { link, open, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { secondsOf } from '../bytes/copy-metadata.js';
import { ignoreUnsupported } from '../bytes/folder-metadata.js';
import { systemCode } from '../errors.js';
import { drain } from '../run/concurrent-walk.js';
import { foldersAbove } from '../run/entry.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { PERMISSIONS } from '../run/target-mode.js';
import { thereAt } from './compare-destination.js';
import type { ExpectedFile, ExpectedLink } from './expected.js';
import type { Staging } from './staging.js';

const NO_HARD_LINKS = new Set(['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']);
/** Something took the name, or stands on the way to it, since the first look. */
const TAKEN = new Set(['EEXIST', 'ENOTDIR', 'ELOOP', 'EISDIR']);
const AT_ONCE = 8;

export interface Placing {
  readonly root: HeldFolder;
  readonly overwrite: boolean;
  readonly onPlaced: (entry: ExpectedFile | ExpectedLink) => void;
  /** The place is taken by what may not be replaced. */
  readonly onTaken: (path: string) => void;
}

/** Gives files that were found right their names, durably. */
export async function placeFiles(files: readonly ExpectedFile[], staging: Staging, placing: Placing): Promise<void> {
  const settled = async (file: ExpectedFile): Promise<readonly ExpectedFile[]> => {
    await settle(await staging.at(file.path), file, staging);
    return [];
  };
  await drain(files, settled, { limit: AT_ONCE });
  await placeEach(files, placing, async (file, folder, name) => {
    await nameFile(await staging.at(file.path), await folder.at(name), placing.overwrite);
  });
  await syncFolders(placing.root, files);
}

export async function placeLinks(links: readonly ExpectedLink[], placing: Placing): Promise<void> {
  await placeEach(links, placing, async ({ linkTo }, folder, name) => {
    const file = await folder.at(name);
    if (placing.overwrite && (await isLink(file))) await unlink(file);
    await symlink(linkTo, file);
  });
  await syncFolders(placing.root, links);
}

export async function placeEach<T extends { readonly path: string }>(
  items: readonly T[],
  { root, onPlaced, onTaken }: Pick<Placing, 'root' | 'onTaken'> & { readonly onPlaced: (item: T) => void },
  place: (item: T, folder: HeldFolder, name: string) => Promise<void>,
): Promise<void> {
  const lost = ({ path }: T, error: unknown): void => {
    if (!TAKEN.has(systemCode(error) ?? '')) throw error;
    onTaken(path);
  };
  await within(root, items, {
    pathOf: (item) => item.path,
    act: async (item, folder, name) => {
      try {
        await place(item, folder, name);
      } catch (error) {
        lost(item, error);
        return;
      }
      onPlaced(item);
    },
    onLost: lost,
    make: true,
  });
}

/**
 * Its mode, its time, and its bytes on disk: after the name there must be nothing left to lose, and nobody may find it who
 * could not read it in the run. What its proof does not know of, is closed as any new file is.
 */
async function settle(staged: string, { mode, mtimeNs }: ExpectedFile, staging: Staging): Promise<void> {
  const handle = await open(staged, constants.O_RDONLY | constants.O_NOFOLLOW);
  try {
    const known = mode ?? (await handle.stat()).mode & (await staging.usualMode());
    await ignoreUnsupported(handle.chmod(known & PERMISSIONS));
    if (mtimeNs !== null) {
      const seconds = secondsOf(BigInt(mtimeNs));
      await ignoreUnsupported(handle.utimes(seconds, seconds));
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function nameFile(staged: string, file: string, overwrite: boolean): Promise<void> {
  if (overwrite) {
    const stats = await thereAt(file);
    // A rename would put a link or a pipe out of the way as it does a file.
    if (stats !== null && !stats.isFile()) throw taken(file);
    await rename(staged, file);
    return;
  }
  try {
    await link(staged, file);
  } catch (error) {
    if (!NO_HARD_LINKS.has(systemCode(error) ?? '')) throw error;
    // Here only opening can refuse a name that is taken; what is renamed over is our own empty file.
    await (await open(file, 'wx', 0o600)).close();
    await rename(staged, file);
    return;
  }
  await unlink(staged);
}

const isLink = async (file: string): Promise<boolean> =>
  readlink(file).then(
    () => true,
    () => false,
  );

export const taken = (path: string): Error =>
  Object.assign(new Error(`something else stands at ${path}`), { code: 'EEXIST' });

/** Each folder that got a name, and those above it that may be new. */
export async function syncFolders(root: HeldFolder, items: readonly { readonly path: string }[]): Promise<void> {
  const folders = new Set(items.flatMap(({ path }) => foldersAbove(path)));
  await within(root, ['.', ...[...folders].map((folder) => `${folder}/.`)], {
    pathOf: (path) => path,
    act: (_, folder) => folder.sync(),
    // It was taken away meanwhile, and what was in it with it.
    onLost: () => undefined,
  });
}
