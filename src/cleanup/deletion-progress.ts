import { namesOf, type Engine } from '../engine/engine.js';
import type { Job } from '../persistence/job.js';
import type { Released } from '../verify/with-deleted.js';
import { nothingLeft } from './remove-run.js';
import { hasTrash, trashPath } from './trash.js';

/**
 * What of the job's run may have left by our own hand, and where its files are if they are in the trash. `emptied`: a
 * deletion was cut off when the record and the run folder were already gone.
 */
export async function releasedOf(
  engine: Pick<Engine, 'store' | 'bays'>,
  { jobId, runPath, equipmentId, context }: Pick<Job, 'jobId' | 'runPath' | 'equipmentId' | 'context'>,
): Promise<{ released: Released; source?: string; emptied?: boolean }> {
  if (context === null || context.releasing === null) return { released: null };
  const proven = await engine.store.proofs.newest(jobId);
  const isOfRun = ({ path }: { readonly path: string }): boolean => !namesOf(engine, equipmentId).isExcluded(path);
  const released =
    proven === null ? null : { files: proven.files.filter(isOfRun), shape: proven.shape.filter(isOfRun) };
  const inTrash = context.trashed !== null && (await hasTrash(runPath));
  if (inTrash) return { released, source: trashPath(runPath) };
  return { released, emptied: await nothingLeft(runPath, released?.files[0]?.dev) };
}
