import { printable } from '../../index.js';
import { bothTimes, inBytes } from '../text/format.js';
import type { Paint } from '../text/style.js';
import { table, type Column, type Row } from '../text/table.js';
import { isBlocked, lookOf, problemsFirst, standingOf, type AnyJob } from './job-status.js';
import { reasonsOf } from './reasons.js';

const COLUMNS: readonly Column[] = [
  { title: '  STATE' },
  { title: 'EQUIPMENT' },
  { title: 'FILES', align: 'right' },
  { title: 'SIZE', align: 'right' },
  { title: 'SINCE' },
  { title: 'RUN' },
];

/** Jobs for people: problems first, and below each what holds it up. */
export const jobTable = (jobs: readonly AnyJob[], nowMs: number, paint?: Paint): string[] =>
  table(
    COLUMNS,
    problemsFirst(jobs).map((job) => rowOf(job, nowMs)),
    paint,
  );

function rowOf(job: AnyJob, nowMs: number): Row {
  const { glyph, colour } = lookOf(standingOf(job));
  return {
    colour,
    cells: [`${glyph} ${job.state}`, ...numbersOf(job, nowMs), printable(job.runPath)],
    notes: reasonsOf(job, nowMs).map(printable),
  };
}

function numbersOf(job: AnyJob, nowMs: number): string[] {
  if (isBlocked(job)) return ['', '', '', ''];
  const { equipmentId, files, bytes } = job;
  const since = job.cleanedAt ?? sinceOf(job);
  return [
    equipmentId,
    files === null ? '' : String(files),
    bytes === null ? '' : inBytes(bytes),
    bothTimes(Date.parse(since), nowMs),
  ];
}

function sinceOf(job: Exclude<AnyJob, { state: 'blocked' }>): string {
  const { state, verifiedAt, lastError, lastAttemptAt, enqueuedAt } = job;
  if (state === 'verified' && verifiedAt !== null) return verifiedAt;
  if (state === 'failed' && lastError !== null) return lastError.at;
  return lastAttemptAt ?? enqueuedAt;
}
