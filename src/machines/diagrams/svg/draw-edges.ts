import { lineOf, type ArrowNote } from '../group.js';
import { roundedRect } from './draw-states.js';
import type { Start, Wire } from './edges.js';
import type { Point } from './geometry.js';
import { INDENT, SPACE, type LabelLine } from './label.js';
import type { PlacedLabel } from './main-column.js';
import { NOTE_INDENT, NOTE_PADDING, entryHeight, type NoteEntry } from './notes.js';
import type { PlacedNote } from './side-column.js';
import { LINE_HEIGHT } from './text.js';
import { element, escapeXml, textAt, tidy, type Run } from './xml.js';

const CORNER = 9;
const HEAD_LENGTH = 10;
const HEAD_HALF = 4.5;
const BASELINE = 13;

/** The line of a group of arrows, without its label. A stretch that lines share is drawn once, or it would look thicker. */
export function drawWire({ from, to, role, arrows, points, joins }: Wire): string {
  const title = `${from} → ${to}: ${arrows.map(lineOf).join(', ')}`;
  return element(
    'g',
    { class: role, 'data-from': from, 'data-to': to },
    tooltip(title) + (joins ? drawJoin(points) : drawLine(points)),
  );
}

export const drawStart = ({ dot, points }: Start): string =>
  element('g', { class: 'main' }, drawLine(points) + element('circle', { cx: dot.x, cy: dot.y, r: 6, class: 'dot' }));

const tooltip = (text: string): string => element('title', {}, escapeXml(text));

/** A line with rounded corners and a head at its end. */
export function drawLine(points: readonly Point[]): string {
  const [end, before] = [points.at(-1)!, points.at(-2)!];
  const way = directionOf(before, end);
  const shortened = [
    ...points.slice(0, -1),
    { x: end.x - way.x * (HEAD_LENGTH - 2), y: end.y - way.y * (HEAD_LENGTH - 2) },
  ];
  return element('path', { d: roundedPath(shortened), class: 'wire' }) + drawHead(end, way);
}

/** A line up to its first bend, with which it leads into the line that it joins. */
function drawJoin([start, bend, next]: readonly Point[]): string {
  return element('path', { d: `M${written(start!)}${cornerAt(start!, bend!, next!)}`, class: 'wire' });
}

function drawHead(tip: Point, way: Point): string {
  const base = { x: tip.x - way.x * HEAD_LENGTH, y: tip.y - way.y * HEAD_LENGTH };
  const side = { x: -way.y * HEAD_HALF, y: way.x * HEAD_HALF };
  const corners = [tip, { x: base.x + side.x, y: base.y + side.y }, { x: base.x - side.x, y: base.y - side.y }];
  return element('path', { d: `M${corners.map(written).join('L')}Z`, class: 'head' });
}

function directionOf(from: Point, to: Point): Point {
  const length = lengthOf(from, to);
  return length === 0 ? { x: 0, y: 1 } : { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}

const lengthOf = (a: Point, b: Point): number => Math.hypot(b.x - a.x, b.y - a.y);
const written = ({ x, y }: Point): string => `${tidy(x)} ${tidy(y)}`;

function roundedPath(points: readonly Point[]): string {
  const bends = points.slice(1, -1).map((bend, index) => cornerAt(points[index]!, bend, points[index + 2]!));
  return `M${written(points[0]!)}${bends.join('')}L${written(points.at(-1)!)}`;
}

function cornerAt(before: Point, bend: Point, after: Point): string {
  const radius = Math.min(CORNER, lengthOf(before, bend) / 2, lengthOf(bend, after) / 2);
  const [from, to] = [directionOf(bend, before), directionOf(bend, after)];
  const start = { x: bend.x + from.x * radius, y: bend.y + from.y * radius };
  const end = { x: bend.x + to.x * radius, y: bend.y + to.y * radius };
  return `L${written(start)}Q${written(bend)} ${written(end)}`;
}

/** An arrow's label: its events, and its conditions in brackets. */
export const drawLabel = ({ x, y, lines }: PlacedLabel): string =>
  lines.map((line, index) => drawLabelLine(line, x, y + BASELINE + index * LINE_HEIGHT)).join('');

export function drawLabelLine({ event, condition }: LabelLine, x: number, y: number): string {
  const events: Run[] = event === null ? [] : [['event', event]];
  const conditions: Run[] = condition === null ? [] : [['condition', `[${condition}]`]];
  return textAt(event === null ? x + INDENT : x, y, [...events, ...conditions], SPACE);
}

/** A card that says which states an event leads from, with one arrow for all of them. */
export function drawNote(placed: PlacedNote): string {
  let y = placed.y + NOTE_PADDING;
  const entries = placed.entries.map((entry) => {
    const drawn = drawEntry(entry, placed.x + NOTE_PADDING, y);
    y += entryHeight(entry);
    return drawn;
  });
  return element(
    'g',
    { class: 'park', 'data-to': placed.to },
    drawLine(placed.points) + roundedRect(placed, 'card', 6) + entries.join(''),
  );
}

function drawEntry({ note, label, sources }: NoteEntry, x: number, y: number): string {
  const below = y + label.height + BASELINE;
  const lines = sources.map((source, index) =>
    textAt(x + NOTE_INDENT, below + (index + 1) * LINE_HEIGHT, [['note', source]]),
  );
  return [...titlesOf(note), drawLabel({ ...label, x, y }), textAt(x, below, [['note', 'from']]), ...lines].join('');
}

const titlesOf = ({ arrows }: ArrowNote): string[] =>
  arrows.map((arrow) => element('desc', {}, escapeXml(`${arrow.from} → ${arrow.to}: ${lineOf(arrow)}`)));
