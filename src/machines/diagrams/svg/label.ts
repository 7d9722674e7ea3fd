import type { ChartArrow } from '../chart.js';
import { LINE_HEIGHT, TEXT_SIZE, monoWidth, sansWidth } from './text.js';

/** One line of an arrow's label. Where several conditions share an event, they stand below it, one a line. */
export interface LabelLine {
  readonly event: string | null;
  readonly condition: string | null;
}

export interface Label {
  readonly lines: readonly LabelLine[];
  readonly width: number;
  readonly height: number;
}

/** How far a condition below its event is indented, and how far it stands from an event on the same line. */
export const INDENT = 12;
export const SPACE = 7;
const WIDEST_ON_ONE_LINE = 180;

/** The label of arrows that share a line. */
export function labelOf(arrows: readonly Pick<ChartArrow, 'event' | 'condition'>[]): Label {
  const lines = [...new Set(arrows.map(({ event }) => event))].flatMap((event) =>
    linesOfEvent(
      event,
      arrows.filter((arrow) => arrow.event === event).map(({ condition }) => condition),
    ),
  );
  return { lines, width: Math.max(...lines.map(widthOf)), height: lines.length * LINE_HEIGHT };
}

function linesOfEvent(event: string, conditions: readonly (string | null)[]): LabelLine[] {
  const lines = conditions.map((condition) => ({ event, condition }));
  const mixed = conditions.includes(null);
  const short = lines.length === 1 && lines.every((line) => widthOf(line) <= WIDEST_ON_ONE_LINE);
  if (mixed || short) return lines;
  return [{ event, condition: null }, ...conditions.map((condition) => ({ event: null, condition }))];
}

function widthOf({ event, condition }: LabelLine): number {
  if (condition === null) return monoWidth(event ?? '', TEXT_SIZE);
  const start = event === null ? INDENT : monoWidth(event, TEXT_SIZE) + SPACE;
  return start + sansWidth(`[${condition}]`, TEXT_SIZE);
}
