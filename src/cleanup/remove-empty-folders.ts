import { rmdir } from 'node:fs/promises';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';

/** Removes these folders below `root`, deepest first. One that is not there, or still holds something, is left at that. */
export const removeEmpty = (root: HeldFolder, folders: readonly { readonly path: string }[]): Promise<void> =>
  within(root, folders, {
    pathOf: ({ path }) => path,
    onLost: () => undefined,
    act: async (_, folder, name) => rmdir(await folder.at(name)).catch(() => undefined),
  });
