import { statfs } from 'node:fs/promises';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import type { ExpectedFile } from './expected.js';
import { nearestThere } from './real-path.js';

/** @throws NasSyncError `not_allowed`, with both numbers; sizes that nobody knows beforehand count for nothing */
export async function requireRoom(path: string, files: readonly ExpectedFile[]): Promise<void> {
  const needed = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const { bavail, bsize } = await statfs(await nearestThere(path));
  const free = bavail * bsize;
  if (needed <= free) return;
  throw new NasSyncError(
    'not_allowed',
    `${printable(path)} has room for ${free} bytes, and ${needed} are to come; make room there, or restore --to another disk`,
  );
}
