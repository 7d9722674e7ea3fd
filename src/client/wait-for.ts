import { NasSyncError } from '../errors.js';
import type { JobState } from '../machines/job-types.js';
import { isAtRest, type JobView, type Until } from './job-view.js';
import { failedInstead, notFound } from './jobs.js';

/** States in which a job that was to come to the first has been there. */
const BEYOND: Readonly<Partial<Record<JobState, readonly JobState[]>>> = {
  verified: ['verified', 'cleanup_eligible', 'cleaned'],
  cleanup_eligible: ['cleanup_eligible', 'cleaned'],
};

/** The view once the job is in `state`, or has passed it. `moves` steps whenever some job may have moved. */
export async function whenIn(
  moves: AsyncIterable<void>,
  look: () => Promise<JobView | null>,
  named: string,
  state: JobState,
): Promise<JobView> {
  const reached = BEYOND[state] ?? [state];
  for await (const _ of moves) {
    const view = await look();
    if (view === null) throw notFound(named);
    if (reached.includes(view.state)) return view;
    if (view.state === 'failed') throw failedInstead(view);
  }
  throw new NasSyncError('closed', 'the client is closed');
}

export interface SettledOptions {
  readonly signal?: AbortSignal;
  readonly patient?: boolean;
  /** Or beyond. `verified` unless said. */
  readonly until?: Until;
}

/** The views once none of the jobs can go on at once. */
export async function whenSettled(
  moves: AsyncIterable<void>,
  look: () => Promise<JobView[]>,
  now: () => number,
  { patient = false, until = 'verified' }: SettledOptions,
): Promise<JobView[]> {
  for await (const _ of moves) {
    const views = await look();
    if (views.every((view) => isAtRest(view, now(), { patient, until }))) return views;
  }
  throw new NasSyncError('closed', 'the client is closed');
}
