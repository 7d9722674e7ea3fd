import { printable, type Explanation } from '../../index.js';
import { plain, type Paint } from '../text/paint.js';
import { jobTable } from './job-table.js';

type Entry = Explanation['next'][number];
type Interlock = Explanation['deletion']['interlocks'][number];

/** The answer of `explain`, for people. */
export function explanationLines(explanation: Explanation, nowMs: number, paint: Paint = plain): string[] {
  const { job, because, next, deletion } = explanation;
  const allowed = deletion.allowed ? 'may be deleted here' : 'stays here';
  return [
    ...headOf(job, nowMs, paint),
    '',
    `${paint('bold', 'because')}   ${printable(because)}`,
    paint('bold', 'next'),
    ...next.map((entry) => nextLine(entry, paint)),
    `${paint('bold', 'deletion')}  ${allowed}`,
    ...deletion.interlocks.map((interlock) => interlockLine(interlock, paint)),
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

function interlockLine({ name, ok, measured, required }: Interlock, paint: Paint): string {
  const glyph = ok ? paint('green', '✔') : paint('red', '✖');
  return `  ${glyph} ${name}  ${printable(`${measured} (required: ${required})`)}`;
}
