import { isUtf8 } from 'node:buffer';
import { lstat, readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { RunLostError, systemCode } from '../errors.js';
import { drain } from './concurrent-walk.js';
import type { FolderEntry, Refusal, RunEntry } from './entry.js';
import { followLink } from './follow-link.js';
import { lookAt, refusedOrThrown } from './inspect-path.js';
import type { PathTest } from './name-rules.js';
import { printable } from './printable.js';
import { RECORD_FOLDER } from './record/record-folder.js';
import { nameNotUtf8 } from './rejected-entry.js';

/** Some more than libuv's four threads, so that none of them waits for JavaScript. */
const AT_ONCE = 32;

/** What becomes of a link that stays in the run: an entry of its own, or the file that it leads to. */
export type LinkPolicy = 'keep' | 'follow';

export type Found = RunEntry | Refusal;

/** One place of the run. */
export interface Visit {
  /** Relative to the run; empty for the run itself. */
  readonly path: string;
  /** What stands here, and what this folder holds that has no name. Empty for the run itself and its record folder. */
  readonly found: readonly Found[];
  /** The names in it that are UTF-8, in no order, if it is a folder that was opened. */
  readonly names: readonly string[];
}

export interface VisitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly links?: LinkPolicy | undefined;
  /** Places that are passed over, with all that they hold. */
  readonly isExcluded?: PathTest | undefined;
  readonly onExcluded?: ((path: string) => void) | undefined;
  /** Folders that are told, and not entered. */
  readonly isOpaque?: PathTest | undefined;
}

/**
 * Shows every place of the run to `take`, a folder before what it holds and else in no order, and keeps none of them.
 * Neither linked folders nor the run's own top `.exlab-wizard/` are entered, nor is what
 * `isExcluded` or `isOpaque`. Throws `local_file_vanished` when the
 * folder is no folder, or when something disappears under the walk; the signal's reason when aborted.
 */
export async function visitRun(
  root: string,
  take: (visit: Visit) => void,
  { signal, links = 'keep', isExcluded = () => false, onExcluded, isOpaque = () => false }: VisitOptions = {},
): Promise<void> {
  const top = resolve(root);
  signal?.throwIfAborted();
  await expectFolder(top);
  const visitAndTake = async (path: string): Promise<readonly string[]> => {
    const visit = path === '' ? await open(top, path) : await visitPath(top, path, { links, isOpaque });
    take(visit);
    const paths = visit.names.map((name) => below(path, name));
    const excluded = new Set(paths.filter(isExcluded));
    if (excluded.size === 0) return paths;
    for (const one of excluded) onExcluded?.(one);
    return paths.filter((one) => !excluded.has(one));
  };
  await drain([''], visitAndTake, { limit: AT_ONCE, signal });
}

const below = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

async function expectFolder(top: string): Promise<void> {
  const stats = await lstat(top).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') throw noRun(top, 'is gone', error);
    throw error;
  });
  if (!stats.isDirectory()) throw noRun(top, stats.isSymbolicLink() ? 'is a link, not a folder' : 'is no folder');
}

const noRun = (top: string, what: string, cause?: unknown): RunLostError =>
  new RunLostError(`the run folder "${printable(top)}" ${what}: put it back, or cancel the job`, { cause });

async function visitPath(
  top: string,
  path: string,
  { links, isOpaque }: { readonly links: LinkPolicy; readonly isOpaque: PathTest },
): Promise<Visit> {
  const seen = await lookAt(top, path);
  const found = 'kind' in seen && seen.kind === 'link' && links === 'follow' ? await followLink(top, seen) : seen;
  if (!isFolder(found)) return { path, found: [found], names: [] };
  if (path === RECORD_FOLDER) return { path, found: [], names: [] };
  return isOpaque(path) ? { path, found: [found], names: [] } : open(top, path, found);
}

async function open(top: string, path: string, folder?: FolderEntry): Promise<Visit> {
  const listed = await list(top, path);
  if ('reason' in listed) return { path, found: [listed], names: [] };
  const nameless = listed.filter((name) => !isUtf8(name));
  const refused = nameless.map((name) => nameNotUtf8(Buffer.concat([Buffer.from(below(path, '')), name])));
  return {
    path,
    found: folder === undefined ? refused : [folder, ...refused],
    names: listed.filter((name) => isUtf8(name)).map((name) => name.toString('utf8')),
  };
}

/** As bytes: as strings, two different invalid names would both be shown with U+FFFD, and neither could be opened. */
async function list(top: string, path: string): Promise<readonly Buffer[] | Refusal> {
  try {
    return await readdir(join(top, path), { encoding: 'buffer' });
  } catch (error) {
    return refusedOrThrown(error, path === '' ? '.' : path);
  }
}

const isFolder = (found: Found): found is FolderEntry => 'kind' in found && found.kind === 'folder';
