import { printable, type DoctorCheck, type DoctorReport } from '../../index.js';
import { plain, type Colour, type Paint } from '../text/style.js';
import { padded, widthOf } from '../text/width.js';

interface Look {
  readonly glyph: string;
  readonly colour: Colour;
}

const WELL: Look = { glyph: '✔', colour: 'green' };
const ADVISED: Look = { glyph: '!', colour: 'yellow' };
const ILL: Look = { glyph: '✖', colour: 'red' };

/** Checks by equipment, a line each; below one that is not well, what fixes it; and how many there are of these. */
export function doctorReport({ checks }: DoctorReport, paint: Paint = plain): string[] {
  const width = Math.max(...checks.map(({ name }) => widthOf(name)));
  const lines = [...new Set(checks.map(groupOf))].flatMap((group) => [
    paint('bold', group),
    ...checks.filter((check) => groupOf(check) === group).flatMap((check) => linesOf(check, width, paint)),
  ]);
  return [...lines, '', summary(checks, paint)];
}

const groupOf = ({ equipmentId }: DoctorCheck): string => equipmentId ?? 'this machine';

function lookOf({ ok, fix }: DoctorCheck): Look {
  if (!ok) return ILL;
  return fix === null ? WELL : ADVISED;
}

function linesOf(check: DoctorCheck, width: number, paint: Paint): string[] {
  const { name, detail, fix } = check;
  const { glyph, colour } = lookOf(check);
  const line = `  ${paint(colour, glyph)} ${padded(name, width)}  ${printable(detail)}`;
  return fix === null ? [line] : [line, `      → ${printable(fix)}`];
}

function summary(checks: readonly DoctorCheck[], paint: Paint): string {
  const failed = checks.filter((check) => !check.ok);
  if (failed.length === 0) return paint('green', `✔ ${counted(checks.length)}, all are well`);
  const names = failed.map((check) => `${groupOf(check)} ${check.name}`);
  return paint('red', `✖ ${counted(checks.length)}, ${failed.length} failed: ${names.join(', ')}`);
}

const counted = (checks: number): string => (checks === 1 ? '1 check' : `${checks} checks`);
