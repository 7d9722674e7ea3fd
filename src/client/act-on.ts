import { announce } from '../engine/emit-transition.js';
import { NasSyncError } from '../errors.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { requireJob } from './jobs.js';
import type { Opened } from './opened.js';
import { setAside } from './refusals.js';

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
