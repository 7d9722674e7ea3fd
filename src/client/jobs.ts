import { canonicalRun } from '../config/canonical-path.js';
import type { Engine } from '../engine/engine.js';
import type { Job } from '../persistence/job.js';
import { notFound } from './refusals.js';

export async function findJob({ store }: Engine, jobIdOrRunPath: string): Promise<Job | null> {
  const known = await store.jobs.find(jobIdOrRunPath);
  if (known !== null) return known;
  // Another spelling of the path, maybe; a run whose folder is gone can only be asked for by the one in the queue.
  const canonical = await canonicalRun(jobIdOrRunPath).catch(() => null);
  return canonical === null ? null : store.jobs.find(canonical);
}

/** @throws NasSyncError `job_not_found` */
export async function requireJob(engine: Engine, jobIdOrRunPath: string): Promise<Job> {
  const job = await findJob(engine, jobIdOrRunPath);
  if (job === null) throw notFound(jobIdOrRunPath);
  return job;
}
