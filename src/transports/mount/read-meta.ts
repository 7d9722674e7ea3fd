import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/display.js';

/** Not through a link, which could lead anywhere; and not from a pipe, which would never answer. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** A small file on the share, or `null` if there is none. @throws NasSyncError `target_conflict` for anything else */
export async function readMeta(path: string): Promise<Uint8Array | null> {
  try {
    if ((await lstat(dirname(path))).isSymbolicLink()) throw conflict(dirname(path));
    const file = await open(path, FLAGS);
    try {
      if (!(await file.stat()).isFile()) throw conflict(path);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    if (systemCode(error) === 'ELOOP') throw conflict(path);
    throw error;
  }
}

const conflict = (path: string): NasSyncError =>
  new NasSyncError(
    'target_conflict',
    `${printable(path)} on the target is neither file nor folder of ours; move it away, then retry`,
  );
