import { basename } from 'node:path';
import { printable, type LiveContext } from '../../index.js';
import { clockTime } from '../text/format.js';

/** A transition, as the difference between two views of now. */
export interface Move {
  readonly at: number;
  readonly jobId: string;
  readonly runPath: string;
  /** `null` where the job was not in view before. */
  readonly from: string | null;
  readonly to: string;
  readonly because: string | null;
}

export function movesBetween(before: LiveContext, after: LiveContext): Move[] {
  if (before.jobs === after.jobs) return [];
  return Object.values(after.jobs).flatMap((job) => {
    const was = before.jobs[job.jobId];
    const same = was?.place === job.place && was.changedAt === job.changedAt && was.because === job.because;
    if (same || job.place === '') return [];
    const { jobId, runPath, place, because, changedAt } = job;
    return [{ at: changedAt, jobId, runPath, from: was?.place ?? null, to: place, because }];
  });
}

/** `12:03:04 Run_1  queued → running` */
export function moveLine({ at, runPath, from, to, because }: Move): string {
  const way = from === null ? to : `${from} → ${to}`;
  const why = because === null ? '' : `  (${printable(because)})`;
  return `${clockTime(at)} ${printable(basename(runPath))}  ${way}${why}`;
}

const AT_REST: ReadonlySet<string> = new Set(['verified', 'cleaned', 'failed']);

/** Worth a line of its own above a drawing that shows the rest: the work came to something, or to nothing for now. */
export const isNews = ({ to, because }: Move): boolean => AT_REST.has(to) || because !== null;
