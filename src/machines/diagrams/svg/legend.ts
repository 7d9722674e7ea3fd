import type { Chart } from '../chart.js';
import type { Role } from './classify-edges.js';
import type { Box } from './geometry.js';
import { tagWidth } from './nodes.js';
import { TEXT_SIZE, sansWidth } from './text.js';

/** One line of the legend: how something is drawn, and what that means. */
export type LegendRow =
  | { readonly kind: 'tag'; readonly tag: string; readonly final: boolean }
  | { readonly kind: 'start'; readonly words: string }
  | { readonly kind: 'line'; readonly role: Role; readonly words: string }
  | { readonly kind: 'label'; readonly event: string; readonly condition: string };

export interface Legend extends Box {
  readonly rows: readonly LegendRow[];
}

export const ROW_HEIGHT = 29;
export const LEGEND_PADDING = 14;
export const SAMPLE_WIDTH = 46;
export const SAMPLE_GAP = 12;

const NOTATION: readonly LegendRow[] = [
  { kind: 'start', words: 'begins here' },
  { kind: 'line', role: 'main', words: 'the main way' },
  { kind: 'line', role: 'back', words: 'a way back' },
  { kind: 'line', role: 'park', words: 'a way aside' },
  { kind: 'label', event: 'event', condition: 'condition' },
];

/** What the chart's tags and the lines look like. */
export function legendRows(chart: Chart): LegendRow[] {
  const tags = new Set(chart.states.flatMap((state) => state.tags));
  return [
    ...[...tags].map((tag): LegendRow => ({ kind: 'tag', tag, final: isOfFinalStates(tag, chart) })),
    ...NOTATION,
  ];
}

const isOfFinalStates = (tag: string, chart: Chart): boolean =>
  chart.states.filter(({ tags }) => tags.includes(tag)).every(({ final }) => final);

export function legendSize(rows: readonly LegendRow[]): Pick<Box, 'width' | 'height'> {
  const width = 2 * LEGEND_PADDING + SAMPLE_WIDTH + SAMPLE_GAP + Math.max(...rows.map(wordsWidth));
  return { width, height: rows.length * ROW_HEIGHT + LEGEND_PADDING };
}

function wordsWidth(row: LegendRow): number {
  if (row.kind === 'tag') return tagWidth(row.tag);
  return row.kind === 'label' ? 0 : sansWidth(row.words, TEXT_SIZE);
}
