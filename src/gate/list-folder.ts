import { isUtf8 } from 'node:buffer';
import { readdir } from 'node:fs/promises';
import type { PathTest } from '../run/name-rules.js';

/** What a folder holds, as far as finding runs needs it. */
export interface Shelf {
  readonly folders: readonly string[];
  /** Folders whose names are not UTF-8, so that no path can name them. */
  readonly nameless: readonly Buffer[];
  readonly holdsFiles: boolean;
}

/** @param isVolatile tells names that systems write, not instruments. Rejects with the system's own errors. */
export async function readShelf(path: string, isVolatile: PathTest): Promise<Shelf> {
  const entries = await readdir(path, { withFileTypes: true, encoding: 'buffer' });
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  return {
    folders: folders.filter((name) => isUtf8(name)).map((name) => name.toString('utf8')),
    nameless: folders.filter((name) => !isUtf8(name)),
    holdsFiles: entries.some((entry) => !entry.isDirectory() && !isLeftAbout(entry.name.toString('utf8'), isVolatile)),
  };
}

const isLeftAbout = (name: string, isVolatile: PathTest): boolean => name.startsWith('.') || isVolatile(name);
