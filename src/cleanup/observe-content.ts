import { join } from 'node:path';
import type { WorkOrder } from '../engine/job-task.js';
import type { Kept } from '../machines/job-types.js';
import type { FileEntry } from '../run/entry.js';
import { timesTellAt } from '../run/fs/file-system.js';
import { printable } from '../run/printable.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { sha256Of } from '../verify/hash-local.js';
import type { SourceState } from './classify-local.js';
import type { SourceLook } from './interlocks/observations.js';

interface SourceReading {
  /** Files under proven names with another content. */
  readonly changed: readonly Kept[];
  readonly source: SourceLook;
}

/**
 * What the identity of a file cannot tell, its content tells: of a file whose times differ, and of every file where the
 * times are not known to tell. Without `content` it is only told how many there are to be read.
 */
export async function readSource(
  { job, engine, signal }: WorkOrder,
  proof: DeletionProof,
  state: SourceState,
  content: boolean,
): Promise<SourceReading> {
  const { told, untold } = await byTimes(job.runPath, state.proven);
  const unread = [...state.touched, ...untold];
  const counts = { byTimes: told.length, byContent: 0, unread: unread.length };
  if (!content) return { changed: [], source: counts };
  const changed: Kept[] = [];
  const sameTimes = new Set(untold.map(({ path }) => path));
  let forget = false;
  for (const file of unread) {
    const sha256 = await sha256Of(engine.pool, join(job.runPath, file.path), file.identity, signal);
    if (sha256 === proof.files.get(file.path)?.sha256) continue;
    changed.push({ path: printable(file.path), reason: 'its content is not the proven one' });
    forget ||= sameTimes.has(file.path);
  }
  // What was read under these times would be believed by the next push, and the change never synced.
  if (forget) await engine.store.digests.forget(job.jobId);
  return { changed, source: { ...counts, byContent: unread.length, unread: 0 } };
}

/** A disk may be mounted inside the run: each device is asked for itself. */
async function byTimes(runPath: string, files: readonly FileEntry[]) {
  const tells = new Map<string, boolean>();
  for (const { path, identity } of files) {
    if (!tells.has(identity.dev)) tells.set(identity.dev, await timesTellAt(join(runPath, path)));
  }
  const isTold = ({ identity }: FileEntry): boolean => tells.get(identity.dev) === true;
  return { told: files.filter(isTold), untold: files.filter((file) => !isTold(file)) };
}
