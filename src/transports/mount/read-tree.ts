import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import type { BytePool } from '../../bytes/byte-pool.js';
import type { FileDone } from '../../bytes/outcome.js';
import { systemCode } from '../../errors.js';
import { walkRun } from '../../run/walk.js';
import type { HashRequest, TargetListing } from '../transport.js';
import { byteFailure } from './failures.js';
import type { Patience } from './patience.js';
import { named } from './push-tree.js';

const NOTHING: TargetListing = {
  files: [],
  links: [],
  folders: [],
  others: [],
  evidence: 'read-back',
  method: 'the place does not exist on the share',
  tools: [],
};

export interface TargetSide {
  /** The run's place on the share, absolute. */
  readonly target: string;
  readonly stallMs: number;
  readonly patience: Patience;
}

/** Reads every file of the run's place on the share, past this machine's page cache where the share allows it. */
export async function readTree(
  request: Pick<HashRequest, 'target' | 'signal' | 'onProgress'>,
  { target, stallMs, patience }: TargetSide,
  pool: BytePool,
): Promise<TargetListing> {
  const { signal } = request;
  if (!(await patience.within(signal, () => isFolder(target)))) return NOTHING;
  const walk = await patience.within(signal, (moved) => walkRun(target, { signal, onVisit: moved }));
  const { entries, refused } = walk;
  const files = entries.filter((entry) => entry.kind === 'file');
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
    files: files.flatMap((file, index) => {
      const done = read.get(index);
      return done === undefined ? [] : [{ path: file.path, size: done.size, digest: `sha256:${done.sha256}` as const }];
    }),
    links: entries.filter((entry) => entry.kind === 'link'),
    folders: entries.filter((entry) => entry.kind === 'folder').map((entry) => entry.path),
    others: refused.map((refusal) => refusal.path),
    evidence: direct ? 'read-back' : 'cached-read',
    method: direct
      ? 'every file read from the share past the page cache, and hashed here'
      : 'every file read from the share, maybe from the page cache, and hashed here',
    tools: [],
  };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await lstat(path)).isDirectory();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return false;
    throw error;
  }
}
