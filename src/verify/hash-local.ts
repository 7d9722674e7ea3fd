import { join } from 'node:path';
import { ByteFailure, type BytePool } from '../bytes/byte-pool.js';
import { sourceFailure } from '../bytes/source-failure.js';
import { contentPath, type FileEntry } from '../run/entry.js';
import type { TransferProgress } from '../transports/transport.js';
import type { DigestBook } from './digest-cache.js';

const LOCAL_STALL_MS = 10 * 60_000;

/** Reads each file of the run that the book does not know yet, once, and records its SHA-256. */
export async function hashUnread(
  runPath: string,
  files: readonly FileEntry[],
  book: DigestBook,
  pool: BytePool,
  options: { signal: AbortSignal; onProgress?: (progress: TransferProgress) => void },
): Promise<void> {
  const unread = files.filter((file) => book.sha256Of(file) === null);
  const tasks = unread.map((file, index) => ({
    index,
    path: join(runPath, contentPath(file)),
    identity: file.identity,
    size: file.identity.size,
    hash: book.hash,
  }));
  try {
    await pool.hashLocal(tasks, {
      signal: options.signal,
      stallMs: LOCAL_STALL_MS,
      onProgress: ({ bytes, files: done, current }) =>
        options.onProgress?.({ bytes, files: done, currentFile: unread[current]?.path ?? null }),
      onDone: (done) => {
        for (const { index, sha256, other } of done) {
          const file = unread[index];
          if (file !== undefined) book.record(file, { sha256, other });
        }
      },
    });
  } catch (error) {
    if (!(error instanceof ByteFailure)) throw error;
    throw sourceFailure(error.failed, unread[error.failed.index]?.path ?? runPath);
  }
}
