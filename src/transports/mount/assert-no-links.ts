import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError } from '../../errors.js';
import { unlessGone } from '../../run/fs/null-if-missing.js';
import { printable } from '../../run/printable.js';

/**
 * No folder from the share's top down to `path` may be a link: it could lead anywhere, back to the run, too. What is not
 * there ends the way.
 * @throws NasSyncError `target_conflict`
 */
export async function assertNoLinks(root: string, path: string): Promise<void> {
  let current = root;
  for (const segment of path.split('/')) {
    current = join(current, segment);
    const stats = await unlessGone(lstat(current));
    if (stats === null) return;
    if (!stats.isSymbolicLink()) continue;
    throw new NasSyncError(
      'target_conflict',
      `${printable(current)} on the target is a link, and no folder; move it away, then retry`,
    );
  }
}
