import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { BytePool } from '../bytes/byte-pool.js';
import type { Digest, FileEntry } from '../run/entry.js';
import { makeTemporaryFolder } from '../run/fs/temp-folder.js';
import type { TransferProgress, Transport } from '../transports/transport.js';

const BATCH_FILES = 500;
const BATCH_BYTES = 256 * 1024 * 1024;
const LOCAL_STALL_MS = 10 * 60_000;

export interface FarPlace {
  readonly transport: Transport;
  readonly target: string;
  readonly pool: BytePool;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** Fetches files into a folder of ours, some at a time, and hashes them here. */
export async function readBack(place: FarPlace, files: readonly FileEntry[]): Promise<Map<string, Digest>> {
  const digests = new Map<string, Digest>();
  const before = { bytes: 0, files: 0 };
  for (const batch of batchesOf(files)) {
    const onProgress = (now: TransferProgress): void =>
      place.onProgress({ ...now, bytes: before.bytes + now.bytes, files: before.files + now.files });
    for (const [path, digest] of await readBatch({ ...place, onProgress }, batch)) digests.set(path, digest);
    before.bytes += sizeOf(batch);
    before.files += batch.length;
  }
  return digests;
}

async function readBatch(place: FarPlace, batch: readonly FileEntry[]): Promise<Map<string, Digest>> {
  const { transport, target, pool, signal, onProgress } = place;
  const into = await makeTemporaryFolder('nas-sync-proof-');
  const digests = new Map<string, Digest>();
  try {
    const paths = batch.map(({ path }) => path);
    await transport.fetch({ target, paths, into, capKiBps: () => null, signal, onProgress });
    const tasks = batch.map(({ path, identity }, index) => ({
      ...{ index, path: join(into, path), identity: null },
      ...{ size: identity.size, hash: 'sha256' as const },
    }));
    await pool.hashLocal(tasks, {
      signal,
      stallMs: LOCAL_STALL_MS,
      onDone: (done) => {
        for (const { index, sha256 } of done) digests.set(paths[index] ?? '', `sha256:${sha256}`);
      },
    });
    return digests;
  } finally {
    await rm(into, { recursive: true, force: true });
  }
}

const sizeOf = (files: readonly FileEntry[]): number => files.reduce((sum, { identity }) => sum + identity.size, 0);

function* batchesOf(files: readonly FileEntry[]): Generator<readonly FileEntry[]> {
  let batch: FileEntry[] = [];
  for (const file of files) {
    batch.push(file);
    if (batch.length < BATCH_FILES && sizeOf(batch) < BATCH_BYTES) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
