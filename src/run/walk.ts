import { isUtf8 } from 'node:buffer';
import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { NasSyncError, systemCode } from '../errors.js';
import { printable } from './display.js';
import { drain } from './drain.js';
import type { FileEntry, FolderEntry, Refusal, RunEntry, RunWalk } from './entry.js';
import { followLink } from './follow-link.js';
import { lookAt, refusedOrThrown } from './look.js';
import { byCodePoint } from './order.js';
import { RECORD_FOLDER } from './record-folder.js';
import { nameNotUtf8 } from './refusal.js';

export { walkRecordFolder } from './record-folder.js';

/** Some more than libuv's four threads, so that none of them waits for JavaScript. */
const AT_ONCE = 32;

/** What becomes of a link that stays in the run: an entry of its own, or the file that it leads to. */
export type LinkPolicy = 'keep' | 'follow';

type Found = RunEntry | Refusal;

/** What one place of the run holds, and the places (relative paths) that it leads to. */
interface Visit {
  readonly found: readonly Found[];
  readonly children: readonly string[];
}

/**
 * Everything in the run folder but the run's own top `.exlab-wizard/`, without entering linked folders. What cannot be
 * copied or read is collected in `refused` and left out of `entries`; a refused folder with all that it holds.
 * `mode` of an entry is its permission bits (`0o7777`).
 * Throws `local_file_vanished` when the folder is no folder, or when something disappears under the walk; the signal's
 * reason when aborted.
 */
export async function walkRun(
  root: string,
  options: { signal?: AbortSignal; onVisit?: () => void; links?: LinkPolicy } = {},
): Promise<RunWalk> {
  const top = resolve(root);
  options.signal?.throwIfAborted();
  await expectFolder(top);
  const { links = 'keep' } = options;
  const found: Found[] = [];
  const visitAndKeep = async (path: string): Promise<readonly string[]> => {
    const visit = path === '' ? await open(top, path) : await visitPath(top, path, links);
    for (const item of visit.found) found.push(item);
    options.onVisit?.();
    return visit.children;
  };
  await drain([''], visitAndKeep, { limit: AT_ONCE, signal: options.signal });
  return summary(found);
}

async function expectFolder(top: string): Promise<void> {
  const stats = await lstat(top).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') throw noRun(top, 'is gone', error);
    throw error;
  });
  if (!stats.isDirectory()) throw noRun(top, stats.isSymbolicLink() ? 'is a link, not a folder' : 'is no folder');
}

const noRun = (top: string, what: string, cause?: unknown): NasSyncError =>
  new NasSyncError(
    'local_file_vanished',
    `the run folder "${printable(top)}" ${what}: put it back, or cancel the job`,
    { cause },
  );

async function visitPath(top: string, path: string, links: LinkPolicy): Promise<Visit> {
  const seen = await lookAt(top, path);
  const found = 'kind' in seen && seen.kind === 'link' && links === 'follow' ? await followLink(top, seen) : seen;
  if (!isFolder(found)) return { found: [found], children: [] };
  return path === RECORD_FOLDER ? { found: [], children: [] } : open(top, path, found);
}

async function open(top: string, path: string, folder?: FolderEntry): Promise<Visit> {
  const listed = await names(top, path);
  if ('reason' in listed) return { found: [listed], children: [] };
  const prefix = path === '' ? '' : `${path}/`;
  const nameless = listed.filter((name) => !isUtf8(name));
  const refused = nameless.map((name) => nameNotUtf8(Buffer.concat([Buffer.from(prefix), name])));
  return {
    found: folder === undefined ? refused : [folder, ...refused],
    children: listed.filter((name) => isUtf8(name)).map((name) => prefix + name.toString('utf8')),
  };
}

/** As bytes: as strings, two different invalid names would both be shown with U+FFFD, and neither could be opened. */
async function names(top: string, path: string): Promise<readonly Buffer[] | Refusal> {
  try {
    return await readdir(join(top, path), { encoding: 'buffer' });
  } catch (error) {
    return refusedOrThrown(error, path === '' ? '.' : path);
  }
}

function summary(found: readonly Found[]): RunWalk {
  const sorted = found.toSorted((a, b) => byCodePoint(a.path, b.path));
  const entries = sorted.filter((item) => 'kind' in item);
  const files = entries.filter(isFile);
  return {
    entries,
    refused: sorted.filter((item) => 'reason' in item),
    files: files.length,
    bytes: files.reduce((sum, file) => sum + file.identity.size, 0),
  };
}

const isFolder = (found: Found): found is FolderEntry => 'kind' in found && found.kind === 'folder';
const isFile = (entry: RunEntry): entry is FileEntry => entry.kind === 'file';
