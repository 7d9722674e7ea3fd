import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, SourceChanged, systemCode } from '../../errors.js';
import { contentPath, type FileEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';

/**
 * What rclone says of a file that changes under it depends on how far it had read ahead, and of one that is gone it may
 * say nothing at all. So the files are looked at.
 * @throws SourceChanged; NasSyncError `local_file_vanished`
 */
export async function requireUnchanged(source: string, files: readonly FileEntry[]): Promise<void> {
  for (const file of files) {
    const name = printable(file.path);
    const stats = await lstat(join(source, contentPath(file)), { bigint: true }).catch((error: unknown) => {
      if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') throw error;
      throw new NasSyncError('local_file_vanished', `${name} is gone from the run`, {
        cause: error,
      });
    });
    const { size, mtimeNs } = file.identity;
    if (!stats.isFile() || stats.size !== BigInt(size) || String(stats.mtimeNs) !== mtimeNs) {
      throw new SourceChanged(`${name} changed while it was read`);
    }
  }
}
