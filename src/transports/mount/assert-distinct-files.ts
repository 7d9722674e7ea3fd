import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { drain } from '../../run/concurrent-walk.js';
import type { FileEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';

const AT_ONCE = 16;

/**
 * A file on the target that is the run's own file (a folder that is mounted there from the run, a hard link) is no copy.
 * @throws NasSyncError `wrong_target`
 */
export async function assertOtherFiles(source: string, target: string, files: readonly FileEntry[]): Promise<void> {
  const look = async (file: FileEntry): Promise<readonly FileEntry[]> => {
    const here = await lstat(join(source, file.path), { bigint: true }).catch(() => null);
    const { dev, ino } = file.identity;
    if (here === null || String(here.dev) !== dev || String(here.ino) !== ino) return [];
    throw new NasSyncError(
      'wrong_target',
      `${printable(join(target, file.path))} on the target is the run's own file, and no copy; unmount what leads back to the run, then retry`,
    );
  };
  await drain(files, look, { limit: AT_ONCE });
}
