import type { WorkOrder } from '../engine/job-task.js';
import { bringBack, hasTrash } from './trash.js';

/** What waits in the trash comes back, to its place in the run. */
export async function bringBackTrash({ job, engine }: WorkOrder): Promise<void> {
  const { jobId, runPath } = job;
  if (!(await hasTrash(runPath))) return;
  const contents = await engine.store.proofs.newest(jobId);
  const folders = (contents?.shape ?? []).filter(({ kind }) => kind === 'folder');
  const { files, kept } = await bringBack(runPath, folders);
  engine.logger.warn({ jobId, runPath, files, kept }, `${files} files came back from the trash`);
}
