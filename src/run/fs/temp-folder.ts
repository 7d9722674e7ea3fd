import { mkdtemp, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { isDiskFull, NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../printable.js';

/** The least that a file system must have left for our passing files. */
const LEAST_ROOM_BYTES = 1024 * 1024;

/** Where passing files may be: where TMPDIR says, or, if that is full, where this machine keeps others. */
export const temporaryPlaces = (): string[] => [tmpdir(), '/tmp', '/var/tmp', '/dev/shm'];

/**
 * A folder of ours among the temporary files. The disk of the runs, which is often full, is often that of TMPDIR too: then
 * it is made elsewhere.
 * @throws NasSyncError `not_configured`, which names TMPDIR
 */
export async function makeTemporaryFolder(prefix: string): Promise<string> {
  const [first = tmpdir(), ...others] = temporaryPlaces();
  try {
    if (await hasRoom(first)) return await mkdtemp(join(first, prefix));
    throw full(first);
  } catch (error) {
    if (!isDiskFull(error)) throw temporaryFolderFailure(error, first);
    for (const place of others) {
      const made = (await hasRoom(place)) && (await mkdtemp(join(place, prefix)).catch(() => null));
      if (made) return made;
    }
    throw temporaryFolderFailure(error, first);
  }
}

const full = (place: string): Error => Object.assign(new Error(`${place} is full`), { code: 'ENOSPC' });

/** `true` as well where that cannot be told: what is made there will tell. A file system without a size tells 0 blocks. */
async function hasRoom(place: string): Promise<boolean> {
  const stats = await statfs(place).catch(() => null);
  return stats === null || stats.blocks === 0 || stats.bavail * stats.bsize >= LEAST_ROOM_BYTES;
}

/** A temporary folder that is there for one call. @throws as {@link makeTemporaryFolder}, also where it fills up */
export async function withTemporaryFolder<T>(prefix: string, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder(prefix);
  try {
    return await act(folder);
  } catch (error) {
    throw isDiskFull(error) ? temporaryFolderFailure(error, dirname(folder)) : error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const temporaryFolderFailure = (cause: unknown, above: string): NasSyncError =>
  new NasSyncError(
    'not_configured',
    `no temporary files can be made in ${printable(above)} (${systemCode(cause) ?? 'no reason given'}); set TMPDIR to a folder with room that this user may write in`,
    { cause },
  );
