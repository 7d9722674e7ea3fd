import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import type { RunEntry } from '../../run/entry.js';
import { temporaryName } from '../../run/fs/temp-files.js';
import { printable } from '../../run/printable.js';

/**
 * Refuses two names of one folder that the share takes for one: the second file would be written over the first. A run
 * without names that differ in capitals or Unicode form only costs no question.
 * @param folder where names may be tried, absolute
 * @throws NasSyncError `source_invalid`
 */
export async function assertNoTwins(folder: string, entries: readonly RunEntry[]): Promise<void> {
  const seen = new Map<string, string>();
  for (const { path } of entries) {
    const folded = posix.join(posix.dirname(path), posix.basename(path).normalize('NFC').toLowerCase());
    const twin = seen.get(folded);
    if (twin === undefined) seen.set(folded, path);
    else if (await areOne(folder, posix.basename(twin), posix.basename(path))) {
      throw new NasSyncError(
        'source_invalid',
        `"${printable(path)}" and "${printable(twin)}" are one name on the target; rename one of them in the run, then retry`,
      );
    }
  }
}

async function areOne(folder: string, first: string, second: string): Promise<boolean> {
  const trial = join(folder, temporaryName());
  await mkdir(trial);
  try {
    await writeFile(join(trial, first), '', { flag: 'wx' });
    await writeFile(join(trial, second), '', { flag: 'wx' });
    return false;
  } catch (error) {
    // Anything else is told of the file itself, when it is written.
    return systemCode(error) === 'EEXIST';
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}
