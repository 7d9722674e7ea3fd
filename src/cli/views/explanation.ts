import { printable, type Explanation } from '../../index.js';
import { plain, type Paint } from '../text/style.js';
import { interlockLines } from './clean-report.js';
import { jobTable } from './job-table.js';

type Entry = Explanation['next'][number];

/** The answer of `explain`, for people. */
export function explanationLines(explanation: Explanation, nowMs: number, paint: Paint = plain): string[] {
  const { job, because, next, deletion, removed } = explanation;
  const allowed = job.state === 'cleaned' ? 'was allowed by' : deletion.allowed ? 'may go now' : 'stays here';
  return [
    ...headOf(job, nowMs, paint),
    '',
    `${paint('bold', 'because')}   ${printable(because)}`,
    paint('bold', 'next'),
    ...next.map((entry) => nextLine(entry, paint)),
    `${paint('bold', 'deletion')}  ${allowed}`,
    ...interlockLines(deletion.interlocks, paint),
    ...removedLines(removed ?? [], paint),
  ];
}

const MOST_SHOWN = 10;

function removedLines(removed: NonNullable<Explanation['removed']>, paint: Paint): string[] {
  if (removed.length === 0) return [];
  const shown = removed.slice(-MOST_SHOWN).map(({ path, setAsideTo, by, reason }) => {
    const where = setAsideTo === null ? 'the NAS keeps no copy' : `kept on the NAS as ${printable(setAsideTo)}`;
    const who = by === null ? '' : `, accepted by ${printable(by)}`;
    return `  ${printable(path)}  ${printable(reason)}${who}; ${where}`;
  });
  const more = removed.length > MOST_SHOWN ? [`  and ${removed.length - MOST_SHOWN} before`] : [];
  return [`${paint('bold', 'removed')}   ${removed.length} before the deletion began`, ...shown, ...more];
}

function headOf(job: Explanation['job'], nowMs: number, paint: Paint): string[] {
  if (job.state === 'none') return [`${paint('dim', '… no job')}  ${printable(job.runPath)}`];
  return jobTable([job], nowMs, paint);
}

function nextLine({ event, possible, blockedBy }: Entry, paint: Paint): string {
  const glyph = possible ? paint('green', '✔') : paint('red', '✖');
  return `  ${glyph} ${event}${blockedBy === null ? '' : `  ${printable(blockedBy)}`}`;
}
