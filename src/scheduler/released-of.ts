import { nothingLeft } from '../cleanup/remove-run.js';
import { hasTrash, trashPath } from '../cleanup/trash.js';
import type { Job } from '../persistence/job.js';
import type { Released } from '../verify/released.js';
import type { Engine } from './engine.js';

/**
 * What of the job's run may have left by our own hand, and where its files are if they are in the trash. `emptied`: a
 * deletion was cut off when the record and the run folder were already gone.
 */
export async function releasedOf(
  { store }: Pick<Engine, 'store'>,
  { jobId, runPath, context }: Job,
): Promise<{ released: Released; source?: string; emptied?: boolean }> {
  if (context === null || context.releasing === null) return { released: null };
  const released = await store.proofs.newest(jobId);
  const inTrash = context.trashed !== null && (await hasTrash(runPath));
  if (inTrash) return { released, source: trashPath(runPath) };
  return { released, emptied: await nothingLeft(runPath, released?.files[0]?.dev) };
}
