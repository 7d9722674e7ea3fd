import { canonicalRun } from '../config/canonical-path.js';
import { announce } from '../engine/emit-transition.js';
import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import type { JobView } from './job-view.js';
import type { Opened } from './open-engine.js';

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

const setAside = ({ runPath, setAside: why }: Job): NasSyncError =>
  new NasSyncError(
    'job_set_aside',
    `the stored state of ${runPath} cannot be read (${why ?? 'no reason'}); update nas-sync, or restore the queue from a backup`,
  );

export const notFound = (jobIdOrRunPath: string): NasSyncError =>
  new NasSyncError('job_not_found', `the queue holds no job for ${jobIdOrRunPath}; enqueue the run first`);

export const failedInstead = ({ runPath, lastError }: JobView): NasSyncError =>
  new NasSyncError('not_allowed', `${runPath} failed: ${lastError?.message ?? 'no error is known'}`);

/**
 * Tells a job what a person wants of it. `refusal` ends the sentence `RUN is STATE and …` where its state knows no such
 * thing.
 * @throws NasSyncError `job_not_found`, `not_allowed`, `job_set_aside`
 */
export async function actOn(
  { engine }: Opened,
  jobIdOrRunPath: string,
  eventAt: (at: number) => JobEvent,
  refusal: string,
): Promise<Job> {
  const job = await requireJob(engine, jobIdOrRunPath);
  const event = eventAt(engine.clock.now());
  const advanced = await engine.store.jobs.advance(job.jobId, event);
  if (!advanced.changed) {
    if (advanced.job.setAside !== null) throw setAside(advanced.job);
    throw new NasSyncError('not_allowed', `${job.runPath} is ${job.state} and ${refusal}`);
  }
  announce(engine, advanced.job, event.type, advanced.from);
  return advanced.job;
}
