import { plain, type Colour, type Paint } from './style.js';
import { padded, widthOf } from './width.js';

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
}

export interface Row {
  readonly cells: readonly string[];
  /** For the first cell, which says the same in words. */
  readonly colour?: Colour;
  /** Lines below the row, indented. */
  readonly notes?: readonly string[];
}

const GAP = '  ';
const INDENT = '    ';

/** Aligned columns, one row a line. The last column is not padded, so nothing trails. */
export function table(columns: readonly Column[], rows: readonly Row[], paint: Paint = plain): string[] {
  const widths = columns.map(({ title }, at) =>
    Math.max(widthOf(title), ...rows.map((row) => widthOf(row.cells[at] ?? ''))),
  );
  const cell = (text: string, at: number): string =>
    padded(text, widths[at] ?? 0, columns[at]?.align === 'right' ? 'left' : 'right');
  const head = columns.map(({ title }, at) => cell(title, at)).join(GAP);
  return [paint('dim', head.trimEnd()), ...rows.flatMap((row) => [line(row, cell, paint), ...notes(row)])];
}

function line({ cells, colour }: Row, cell: (text: string, at: number) => string, paint: Paint): string {
  const [first = '', ...others] = cells.map(cell);
  const start = colour === undefined ? first : paint(colour, first);
  return [start, ...others].join(GAP).trimEnd();
}

const notes = (row: Row): string[] => (row.notes ?? []).map((note) => INDENT + note);
