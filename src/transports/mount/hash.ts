import { join } from 'node:path';
import type { BytePool } from '../../bytes/byte-pool.js';
import type { FileDone } from '../../bytes/tasks.js';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import type { HashRequest, TargetListing } from '../transport.js';
import { assertOtherFiles } from './assert-distinct-files.js';
import { NOTHING, standing, walkPlace, type TargetSide } from './list.js';
import { byteFailure, named } from './push.js';

const NOWHERE: TargetListing = {
  ...NOTHING,
  files: [],
  evidence: 'read-back',
  method: 'the place does not exist on the share',
  tools: [],
};

/** Reads every file of the run's place on the share, past this machine's page cache where the share allows it. */
export async function readTree(
  request: Pick<HashRequest, 'target' | 'source' | 'entries' | 'signal' | 'onProgress'>,
  side: TargetSide,
  pool: Pick<BytePool, 'hashTarget'>,
): Promise<TargetListing> {
  const { target, stallMs } = side;
  const { signal } = request;
  const names = new Set(request.entries.map(({ path }) => path));
  const walk = await walkPlace(side, signal, (path) => names.has(path));
  if (walk === null) return NOWHERE;
  const files = walk.entries.filter((entry) => entry.kind === 'file');
  await assertOtherFiles(request.source, target, files);
  const tasks = files.map((file, index) => ({
    index,
    path: join(target, file.path),
    identity: null,
    size: file.identity.size,
    hash: 'sha256' as const,
  }));
  const read = new Map<number, FileDone>();
  try {
    await pool.hashTarget(tasks, {
      signal,
      stallMs,
      onProgress: (progress) => request.onProgress(named(progress, (index) => files[index])),
      onDone: (done) => {
        for (const file of done) read.set(file.index, file);
      },
    });
  } catch (error) {
    throw byteFailure(error, (failed) => files[failed.index]?.path ?? request.target);
  }
  const direct = [...read.values()].every((file) => file.direct);
  return {
    ...standing(walk),
    files: files.map((file, index) => {
      const done = read.get(index);
      // Left out, one that the run does not hold would be missed by nobody.
      if (done === undefined) throw new NasSyncError('unknown', `${printable(file.path)} on the target was not read`);
      return { path: file.path, size: done.size, digest: `sha256:${done.sha256}` as const };
    }),
    evidence: direct ? 'read-back' : 'cached-read',
    method: direct
      ? 'every file read from the share past the page cache, and hashed here'
      : 'every file read from the share, maybe from a cache of this machine, and hashed here',
    tools: [],
  };
}
