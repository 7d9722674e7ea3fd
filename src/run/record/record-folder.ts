import { isUtf8 } from 'node:buffer';
import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { byCodePoint } from '../code-point-order.js';
import { drain } from '../concurrent-walk.js';
import type { FileEntry } from '../entry.js';
import { unlessGone } from '../fs/null-if-missing.js';
import { fileEntry } from '../inspect-path.js';

/** At the top of a run: what describes the run. Deeper down: a folder like any other. */
export const RECORD_FOLDER = '.exlab-wizard';

/** How the names of our own short-lived files begin. */
export const OWN_PREFIX = '.nas-sync-';

const AT_ONCE = 8;

/**
 * The regular files in the run's record folder, at any depth, with paths relative to the run, sorted by code point.
 * Leaves out locks (`*.lock`), our own temporary files, and whatever is no regular file. Empty without such a folder.
 */
export async function walkRecordFolder(root: string): Promise<FileEntry[]> {
  const top = resolve(root);
  const files: FileEntry[] = [];
  // The host application replaces files in here at any time, by temporary files of its own.
  const visit = async (path: string): Promise<readonly string[]> => {
    const stats = await unlessGone(lstat(join(top, path), { bigint: true }));
    if (stats?.isFile() === true) files.push(fileEntry(path, stats));
    return stats?.isDirectory() === true ? await children(top, path) : [];
  };
  await drain([RECORD_FOLDER], visit, { limit: AT_ONCE });
  return files.sort((a, b) => byCodePoint(a.path, b.path));
}

async function children(top: string, folder: string): Promise<string[]> {
  const names = (await unlessGone(readdir(join(top, folder), { encoding: 'buffer' }))) ?? [];
  return names
    .filter((name) => isUtf8(name))
    .map((name) => name.toString('utf8'))
    .filter((name) => !name.endsWith('.lock') && !name.startsWith(OWN_PREFIX))
    .map((name) => `${folder}/${name}`);
}
