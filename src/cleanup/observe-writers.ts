import { join } from 'node:path';
import type { WorkOrder } from '../engine/job-task.js';
import { NasSyncError } from '../errors.js';
import type { FileEntry } from '../run/entry.js';
import type { NameRules } from '../run/name-rules.js';
import { walkRun } from '../run/walk.js';
import { filesOf } from '../verify/run-changes.js';
import { findOpenWriters, type WatchedFile, type WriterLook } from './open-writers.js';
import { hasTrash, trashPath } from './trash.js';

/** Who may still write to a file of the run, where it stands or in the run's trash. */
export async function lookForWriters({ job, bay, signal }: WorkOrder): Promise<WriterLook> {
  const folders = (await hasTrash(job.runPath)) ? [job.runPath, trashPath(job.runPath)] : [job.runPath];
  const files: WatchedFile[] = [];
  for (const folder of folders) {
    for (const { path, identity } of await filesIn(folder, bay.names, signal)) {
      files.push({ path, at: join(folder, path), identity });
    }
  }
  return findOpenWriters(files);
}

/** A folder that is gone, or a link now, is told of by other interlocks. */
async function filesIn(folder: string, { isExcluded }: NameRules, signal: AbortSignal): Promise<readonly FileEntry[]> {
  try {
    return filesOf(await walkRun(folder, { signal, isExcluded }));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NasSyncError)) throw error;
    return [];
  }
}
