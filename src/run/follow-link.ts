import { lstat, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { systemCode } from '../errors.js';
import type { LinkEntry, Refusal, RunEntry } from './entry.js';
import { fileEntry, refusedOrThrown } from './inspect-path.js';
import { RECORD_FOLDER } from './record/record-folder.js';
import * as refuse from './rejected-entry.js';

/**
 * The run's file that a link leads to, as a file at the link's own place. A link to a folder, to nothing, or to the
 * record folder (whose files change while the run is copied) is refused.
 */
export async function followLink(top: string, link: LinkEntry): Promise<RunEntry | Refusal> {
  try {
    const real = await realpath(join(top, link.path));
    const file = relative(await realpath(top), real)
      .split(sep)
      .join('/');
    if (file === RECORD_FOLDER || file.startsWith(`${RECORD_FOLDER}/`)) {
      return refuse.notFollowed(link.path, link.linkTo, "the run's record folder");
    }
    const stats = await lstat(real, { bigint: true });
    if (!stats.isFile()) return refuse.notFollowed(link.path, link.linkTo, 'no file');
    return { ...fileEntry(link.path, stats), followed: { linkTo: link.linkTo, file } };
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP') {
      return refuse.notFollowed(link.path, link.linkTo, 'nothing');
    }
    return refusedOrThrown(error, link.path);
  }
}
