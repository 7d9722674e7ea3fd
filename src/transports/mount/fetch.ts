import { randomUUID } from 'node:crypto';
import { lstat, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ByteFailure, type BytePool } from '../../bytes/byte-pool.js';
import type { FileFailed, PlaceTask } from '../../bytes/tasks.js';
import { NasSyncError, systemCode } from '../../errors.js';
import { fileEntry } from '../../run/inspect-path.js';
import { printable } from '../../run/printable.js';
import type { FetchRequest, FetchResult } from '../transport.js';
import type { TargetSide } from './list.js';
import { byteFailure, inBytes, named } from './push.js';

/** Each file is written beside its name and renamed over it, as in a push the other way round. */
export async function fetchFiles(request: FetchRequest, side: TargetSide, pool: BytePool): Promise<FetchResult> {
  const { paths, into, signal } = request;
  const partials = join(into, `.nas-sync-${randomUUID()}`);
  let bytes = 0;
  const tasks = await side.patience.within(signal, async (moved) => {
    await mkdir(partials, { recursive: true });
    const made: PlaceTask[] = [];
    for (const [index, path] of paths.entries()) {
      made.push(await taskFor(index, path, side.target, into, partials));
      moved();
    }
    return made;
  });
  try {
    await pool.place(tasks, {
      signal,
      stallMs: side.stallMs,
      cap: () => inBytes(request.capKiBps()),
      onProgress: (progress) => request.onProgress(named(progress, (index) => pathAt(paths, index))),
      onDone: (done) => (bytes += done.reduce((sum, file) => sum + file.size, 0)),
    });
  } catch (error) {
    throw fetchFailure(error, (failed) => paths[failed.index] ?? request.target);
  } finally {
    await rm(partials, { recursive: true, force: true });
  }
  return { files: paths.length, bytes, tools: [] };
}

function pathAt(paths: readonly string[], index: number): { path: string } | undefined {
  const path = paths[index];
  return path === undefined ? undefined : { path };
}

async function taskFor(
  index: number,
  path: string,
  target: string,
  into: string,
  partials: string,
): Promise<PlaceTask> {
  const source = join(target, path);
  const stats = await lstat(source, { bigint: true }).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new NasSyncError('network', `${printable(path)} is not on the share; is it still mounted?`, { cause: error });
  });
  if (!stats.isFile()) throw new NasSyncError('target_conflict', `${printable(path)} is no file on the share`);
  await mkdir(dirname(join(into, path)), { recursive: true });
  const { mode, identity } = fileEntry(path, stats);
  return {
    index,
    source,
    target: join(into, path),
    partial: join(partials, String(index)),
    mode,
    identity,
    sha256: null,
  };
}

/** The share is the source here, and the workstation the target. */
function fetchFailure(error: unknown, nameOf: (failed: FileFailed) => string): unknown {
  if (!(error instanceof ByteFailure)) return error;
  const { failed } = error;
  if (failed.side === 'target') {
    const message = `${printable(nameOf(failed))} cannot be written here: ${printable(failed.message)}`;
    return new NasSyncError('unknown', message, { cause: error });
  }
  return byteFailure(new ByteFailure({ ...failed, side: 'target' }), nameOf);
}
