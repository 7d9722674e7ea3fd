import type { BlockedView, JobView, WaitingView } from '../../index.js';
import type { Colour } from '../text/style.js';

export type AnyJob = JobView | BlockedView;

/** What a person wants to know first about a job; the order is the order in which jobs are shown. */
export const STANDINGS = ['blocked', 'failed', 'held up', 'working', 'waiting', 'done'] as const;
export type Standing = (typeof STANDINGS)[number];

const LOOKS: Readonly<Record<Standing, { readonly glyph: string; readonly colour: Colour }>> = {
  blocked: { glyph: '✖', colour: 'red' },
  failed: { glyph: '✖', colour: 'red' },
  'held up': { glyph: '…', colour: 'yellow' },
  working: { glyph: '▶', colour: 'cyan' },
  waiting: { glyph: '…', colour: 'dim' },
  done: { glyph: '✔', colour: 'green' },
};

export const lookOf = (standing: Standing) => LOOKS[standing];

export const isBlocked = (job: AnyJob): job is BlockedView => job.state === 'blocked';

const RESTING: ReadonlySet<string> = new Set(['verified', 'cleanup_eligible', 'cleaned']);

/** What time or the policy brings by itself. Anything else that a job waits for is trouble. */
const TROUBLES_NOBODY: ReadonlySet<string> = new Set(['verify_passes', 'age', 'trash', 'cleanup_enabled']);

/** What keeps a job from moving on by itself. */
export function troublesOf(job: JobView): readonly WaitingView[] {
  return job.waitingFor.filter((wait) => !wait.ok && !TROUBLES_NOBODY.has(wait.name));
}

export function standingOf(job: AnyJob): Standing {
  if (isBlocked(job)) return 'blocked';
  if (job.state === 'failed') return 'failed';
  if (troublesOf(job).length > 0) return 'held up';
  if (RESTING.has(job.state)) return 'done';
  return job.nextAttemptAt === null ? 'working' : 'waiting';
}

/** Problems first; else as they were given. */
export const problemsFirst = (jobs: readonly AnyJob[]): AnyJob[] =>
  [...jobs].sort((a, b) => STANDINGS.indexOf(standingOf(a)) - STANDINGS.indexOf(standingOf(b)));
