import type { BigIntStats } from 'node:fs';
import { ByteFailure, type BytePool } from '../bytes/byte-pool.js';
import { identityOf } from '../bytes/identity.js';
import { sourceFailure } from '../bytes/source-failure.js';
import { NasSyncError } from '../errors.js';
import { SourceChanged } from '../run/source-changed.js';
import type { TransferProgress } from '../transports/transport.js';

const STALL_MS = 10 * 60_000;

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
      stallMs: STALL_MS,
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
