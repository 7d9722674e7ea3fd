import { printable, type Override } from '../../index.js';
import { bothTimes } from '../text/format.js';
import type { Colour, Paint } from '../text/style.js';
import { table, type Column, type Row } from '../text/table.js';

const COLUMNS: readonly Column[] = [
  { title: '  STATE' },
  { title: 'CLASS' },
  { title: 'OPERATOR' },
  { title: 'RECORDED' },
  { title: 'ENDS' },
  { title: 'ID' },
];

const LOOKS: Readonly<Record<Override['state'], { readonly glyph: string; readonly colour: Colour }>> = {
  active: { glyph: '✔', colour: 'green' },
  expired: { glyph: '…', colour: 'dim' },
  revoked: { glyph: '✖', colour: 'dim' },
};

/** Overrides for people, and below each why it was made, and why it was revoked. */
export const overrideTable = (overrides: readonly Override[], nowMs: number, paint?: Paint): string[] =>
  table(
    COLUMNS,
    overrides.map((override) => rowOf(override, nowMs)),
    paint,
  );

function rowOf(override: Override, nowMs: number): Row {
  const { state, problemClass, operator, recordedAt, reason, expiresAt, id } = override;
  const { glyph, colour } = LOOKS[state];
  const ends = expiresAt === null ? 'never' : timeOf(expiresAt, nowMs);
  return {
    colour,
    cells: [`${glyph} ${state}`, problemClass, operator, timeOf(recordedAt, nowMs), ends, id].map(printable),
    notes: [`because: ${reason}`, ...revocationLines(override, nowMs)].map(printable),
  };
}

function revocationLines({ revocation }: Override, nowMs: number): string[] {
  if (revocation === null) return [];
  const { operator, recordedAt, reason } = revocation;
  const when = recordedAt === null ? '' : ` ${timeOf(recordedAt, nowMs)}`;
  return [`revoked by ${operator ?? 'somebody'}${when}, because: ${reason ?? 'no reason was given'}`];
}

/** What a foreign record holds there may be no time. */
function timeOf(text: string, nowMs: number): string {
  const at = Date.parse(text);
  return Number.isNaN(at) ? text : bothTimes(at, nowMs);
}
