import { NasSyncError } from '../errors.js';
import type { Job } from '../persistence/job.js';
import type { JobView } from './job-view.js';

export const setAside = ({ runPath, setAside: why }: Job): NasSyncError =>
  new NasSyncError(
    'job_set_aside',
    `the stored state of ${runPath} cannot be read (${why ?? 'no reason'}); update nas-sync, or restore the queue from a backup`,
  );

export const notFound = (jobIdOrRunPath: string): NasSyncError =>
  new NasSyncError('job_not_found', `the queue holds no job for ${jobIdOrRunPath}; enqueue the run first`);

export const failedInstead = ({ runPath, lastError }: JobView): NasSyncError =>
  new NasSyncError('not_allowed', `${runPath} failed: ${lastError?.message ?? 'no error is known'}`);
