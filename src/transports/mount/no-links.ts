import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/display.js';

/**
 * No folder from the share's top down to `path` may be a link: it could lead anywhere, back to the run, too. What is not
 * there ends the way.
 * @throws NasSyncError `target_conflict`
 */
export async function assertNoLinks(root: string, path: string): Promise<void> {
  let current = root;
  for (const segment of path.split('/')) {
    current = join(current, segment);
    try {
      if (!(await lstat(current)).isSymbolicLink()) continue;
    } catch (error) {
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return;
      throw error;
    }
    throw new NasSyncError(
      'target_conflict',
      `${printable(current)} on the target is a link, and no folder; move it away, then retry`,
    );
  }
}
