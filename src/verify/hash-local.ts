import type { BigIntStats } from 'node:fs';
import { join } from 'node:path';
import { ByteFailure, type BytePool } from '../bytes/byte-pool.js';
import { identityOf } from '../bytes/identity.js';
import { sourceFailure } from '../bytes/source-failure.js';
import { NasSyncError, SourceChanged } from '../errors.js';
import { contentPath, type FileEntry, type FileIdentity } from '../run/entry.js';
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

/** SHA-256 of the file at `path` if it is this one before and after the read, else `null`. */
export async function sha256Of(
  pool: BytePool,
  path: string,
  identity: FileIdentity,
  signal: AbortSignal,
): Promise<string | null> {
  let sha256: string | null = null;
  try {
    await pool.hashLocal([{ index: 0, path, identity, size: identity.size, hash: 'sha256' }], {
      signal,
      stallMs: LOCAL_STALL_MS,
      onDone: ([done]) => (sha256 = done?.sha256 ?? null),
    });
  } catch (error) {
    if (!(error instanceof ByteFailure)) throw error;
  }
  return sha256;
}

export interface Hashable<T> {
  readonly item: T;
  /** Where it can be read. */
  readonly file: string;
  /** What people call it. */
  readonly name: string;
  readonly stats: BigIntStats;
}

/** SHA-256 of each of these local files. @throws NasSyncError `job_busy` for one that is written to meanwhile */
export async function hashEach<T>(
  files: readonly Hashable<T>[],
  pool: BytePool,
  { signal, onProgress }: { signal: AbortSignal; onProgress?: (progress: TransferProgress) => void },
): Promise<Map<T, string>> {
  const hashes = new Map<T, string>();
  const tasks = files.map(({ file, stats }, index) => ({
    index,
    path: file,
    identity: identityOf(stats),
    size: Number(stats.size),
    hash: 'sha256' as const,
  }));
  try {
    await pool.hashLocal(tasks, {
      signal,
      stallMs: LOCAL_STALL_MS,
      onProgress: ({ bytes, files: done, current }) =>
        onProgress?.({ bytes, files: done, currentFile: files[current]?.name ?? null }),
      onDone: (done) => {
        for (const { index, sha256 } of done) {
          const hashed = files[index];
          if (hashed !== undefined) hashes.set(hashed.item, sha256);
        }
      },
    });
  } catch (error) {
    throw error instanceof ByteFailure ? failureOf(error, files) : error;
  }
  return hashes;
}

function failureOf<T>({ failed }: ByteFailure, files: readonly Hashable<T>[]): Error {
  const failure = sourceFailure(failed, files[failed.index]?.name ?? failed.message);
  if (!(failure instanceof SourceChanged)) return failure;
  return new NasSyncError('job_busy', `${failure.message}; restore when nothing is at work in the folder`);
}
