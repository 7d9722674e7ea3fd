import { drawLabelLine, drawLine } from './draw-edges.js';
import { drawBadge, roundedRect } from './draw-states.js';
import type { Point } from './geometry.js';
import { LEGEND_PADDING, ROW_HEIGHT, SAMPLE_GAP, SAMPLE_WIDTH, type Legend, type LegendRow } from './legend.js';
import { lookOf } from './theme.js';
import { element, textAt } from './xml.js';

const SAMPLE_HEIGHT = 20;
const BASELINE = 4.5;
const DOT = 6;

/** What the borders, the lines and the letters mean. */
export function drawLegend(legend: Legend): string {
  const x = legend.x + LEGEND_PADDING;
  const top = legend.y + (LEGEND_PADDING + ROW_HEIGHT) / 2;
  const rows = legend.rows.map((row, index) => drawRow(row, x, top + ROW_HEIGHT * index));
  return element('g', { class: 'legend' }, roundedRect(legend, 'card', 8) + rows.join(''));
}

function drawRow(row: LegendRow, x: number, y: number): string {
  switch (row.kind) {
    case 'tag':
      return drawBox(row.tag, row.final, x, y) + drawBadge(row.tag, x + SAMPLE_WIDTH + SAMPLE_GAP, y - 10.5);
    case 'start':
      return (
        element('g', { class: 'main' }, drawDot(x, y) + drawLine(sampleLine(x + DOT, x, y))) + words(row.words, x, y)
      );
    case 'line':
      return element('g', { class: row.role }, drawLine(sampleLine(x, x, y))) + words(row.words, x, y);
    case 'label':
      return drawLabelLine(row, x, y + BASELINE);
  }
}

function drawBox(tag: string, final: boolean, x: number, y: number): string {
  const box = { x, y: y - SAMPLE_HEIGHT / 2, width: SAMPLE_WIDTH, height: SAMPLE_HEIGHT };
  const inner = { x: x + 3, y: box.y + 3, width: SAMPLE_WIDTH - 6, height: SAMPLE_HEIGHT - 6 };
  const border = roundedRect(box, 'box', 5) + (final ? roundedRect(inner, 'inner', 3) : '');
  return element('g', { class: lookOf(tag).look }, border);
}

const drawDot = (x: number, y: number): string => element('circle', { cx: x + DOT, cy: y, r: DOT, class: 'dot' });

function sampleLine(from: number, x: number, y: number): Point[] {
  return [from, x + SAMPLE_WIDTH].map((end) => ({ x: end, y }));
}

const words = (text: string, x: number, y: number): string =>
  textAt(x + SAMPLE_WIDTH + SAMPLE_GAP, y + BASELINE, [['says', text]]);
