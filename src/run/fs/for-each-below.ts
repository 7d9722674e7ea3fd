import { FolderWay } from './folder-cursor.js';
import type { HeldFolder } from './folder-handle.js';

export interface Within<T> {
  /** Relative to the root, separated by `/`. Items sorted by it open each folder once. */
  readonly pathOf: (item: T) => string;
  readonly act: (item: T, folder: HeldFolder, name: string) => Promise<void>;
  /** A folder on the item's way is missing, is none, or may not be entered. */
  readonly onLost: (item: T, error: unknown) => void;
  /** Makes the folders that are missing. */
  readonly make?: boolean;
}

/** Acts on each item in turn, below a root whose folders are held while they are used, and never links. */
export async function within<T>(root: HeldFolder, items: Iterable<T>, work: Within<T>): Promise<void> {
  const way = new FolderWay(root, { make: work.make === true });
  try {
    for (const item of items) {
      let place: Awaited<ReturnType<FolderWay['to']>>;
      try {
        place = await way.to(work.pathOf(item));
      } catch (error) {
        work.onLost(item, error);
        continue;
      }
      await work.act(item, place.folder, place.name);
    }
  } finally {
    await way.close();
  }
}
