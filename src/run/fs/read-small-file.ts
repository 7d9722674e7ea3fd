import { constants } from 'node:fs';
import { lstat, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../printable.js';

/** Not through a link, which could lead anywhere; and not from a pipe, which would hold a thread for ever. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
/** A manifest of a million files has some 150 MB. */
const MOST_BYTES = 512 * 1024 * 1024;

/** A whole file of ours, or `null` if there is none. @throws NasSyncError `target_conflict` for anything but a file */
export async function readSmallFile(path: string): Promise<Uint8Array | null> {
  try {
    if ((await lstat(dirname(path))).isSymbolicLink()) throw conflict(dirname(path));
    const file = await open(path, FLAGS);
    try {
      const stat = await file.stat();
      if (!stat.isFile() || stat.size > MOST_BYTES) throw conflict(path);
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
  new NasSyncError('target_conflict', `${printable(path)} is no file or folder of ours; move it away, then retry`);
