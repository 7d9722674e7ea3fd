import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../errors.js';
import { printable } from './display.js';

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** A folder of ours among the temporary files. @throws NasSyncError `not_configured`, which names TMPDIR */
export async function makeTemporaryFolder(prefix: string, above = tmpdir()): Promise<string> {
  try {
    return await mkdtemp(join(above, prefix));
  } catch (error) {
    throw temporaryFolderFailure(error, above);
  }
}

/** A temporary folder that is there for one call. @throws as {@link makeTemporaryFolder}, also where it fills up */
export async function withTemporaryFolder<T>(prefix: string, act: (folder: string) => Promise<T>): Promise<T> {
  const folder = await makeTemporaryFolder(prefix);
  try {
    return await act(folder);
  } catch (error) {
    throw NO_ROOM.has(systemCode(error) ?? '') ? temporaryFolderFailure(error, tmpdir()) : error;
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
