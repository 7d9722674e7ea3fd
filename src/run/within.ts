import type { HeldFolder } from './held-folder.js';

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
  const way: Step[] = [];
  try {
    for (const item of items) {
      const names = work.pathOf(item).split('/');
      const name = names.pop() ?? '';
      try {
        await goTo(root, way, names, work.make === true);
      } catch (error) {
        work.onLost(item, error);
        continue;
      }
      await work.act(item, way.at(-1)?.folder ?? root, name);
    }
  } finally {
    for (const { folder } of way) await folder.close();
  }
}

interface Step {
  readonly name: string;
  readonly folder: HeldFolder;
}

async function goTo(root: HeldFolder, way: Step[], names: readonly string[], make: boolean): Promise<void> {
  const differs = way.findIndex((step, index) => step.name !== names[index]);
  for (const { folder } of way.splice(differs === -1 ? names.length : differs)) await folder.close();
  for (const name of names.slice(way.length)) {
    const above = way.at(-1)?.folder ?? root;
    way.push({ name, folder: await (make ? above.enterNew(name) : above.enter(name)) });
  }
}
