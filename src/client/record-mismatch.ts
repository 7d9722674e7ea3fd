import { recordHere } from '../engine/prior-proof.js';
import type { Job } from '../persistence/job.js';
import { shellWord } from '../run/shell-quote.js';
import type { JobView } from './job-view.js';

/** Of more jobs than fit on a page no records are read. */
const MOST_RECORDS = 100;

const PROVEN: ReadonlySet<string> = new Set(['verified', 'cleanup_eligible']);

/** A queue from a backup may call a run proven that left since: the view says what the run's own record says. */
export async function withRecord(job: Job, view: JobView): Promise<JobView> {
  if (!PROVEN.has(job.state) || job.context?.releasing !== null) return view;
  if ((await recordHere(job.runPath))?.syncStatus !== 'cleaned') return view;
  const contradiction = {
    name: 'record_agrees',
    ok: false,
    measured: `the run record says cleaned, the queue ${job.state}; is this queue from a backup?`,
    required: `the run back in its place: nas-sync restore ${shellWord(job.runPath)}, then enqueue it again`,
    until: null,
  };
  return { ...view, waitingFor: [contradiction, ...view.waitingFor] };
}

export function withRecords(jobs: readonly Job[], viewOf: (job: Job) => JobView): Promise<JobView[]> {
  const isPage = jobs.length <= MOST_RECORDS;
  return Promise.all(jobs.map(async (job) => (isPage ? withRecord(job, viewOf(job)) : viewOf(job))));
}
