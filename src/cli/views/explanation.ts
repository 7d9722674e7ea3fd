import { printable, type Explanation } from '../../index.js';
import { plain, type Paint } from '../text/paint.js';
import { interlockLines } from './interlock-list.js';
import { jobTable } from './job-table.js';

type Entry = Explanation['next'][number];

/** The answer of `explain`, for people. */
export function explanationLines(explanation: Explanation, nowMs: number, paint: Paint = plain): string[] {
  const { job, because, next, deletion } = explanation;
  const allowed = job.state === 'cleaned' ? 'was allowed by' : deletion.allowed ? 'may go now' : 'stays here';
  return [
    ...headOf(job, nowMs, paint),
    '',
    `${paint('bold', 'because')}   ${printable(because)}`,
    paint('bold', 'next'),
    ...next.map((entry) => nextLine(entry, paint)),
    `${paint('bold', 'deletion')}  ${allowed}`,
    ...interlockLines(deletion.interlocks, paint),
  ];
}

function headOf(job: Explanation['job'], nowMs: number, paint: Paint): string[] {
  if (job.state === 'none') return [`${paint('dim', '… no job')}  ${printable(job.runPath)}`];
  return jobTable([job], nowMs, paint);
}

function nextLine({ event, possible, blockedBy }: Entry, paint: Paint): string {
  const glyph = possible ? paint('green', '✔') : paint('red', '✖');
  return `  ${glyph} ${event}${blockedBy === null ? '' : `  ${printable(blockedBy)}`}`;
}
