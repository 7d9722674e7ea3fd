import type { Chart } from '../chart.js';
import { planOf } from './classify-edges.js';
import { spineWires, startsOf, withJoins, type Start, type Wire } from './edges.js';
import { boundsOf, bottomOf, rightOf, type Box, type Point } from './geometry.js';
import { legendRows, legendSize, type Legend } from './legend.js';
import { placeSpine } from './main-column.js';
import type { PlacedState } from './nodes.js';
import { placeAside, type Aside, type PlacedNote } from './side-column.js';
import { asideWires } from './side-edges.js';

/** Where everything in the picture stands; nothing here is about colours or SVG. */
export interface Layout {
  readonly width: number;
  readonly height: number;
  /** Parents before their children. */
  readonly states: readonly PlacedState[];
  readonly wires: readonly Wire[];
  readonly starts: readonly Start[];
  readonly notes: readonly PlacedNote[];
  readonly legend: Legend;
}

const MARGIN = 18;
const LEGEND_GAP = 60;

/** Lays a chart out: the main way down the middle, ways back on its left, what leads aside on its right. */
export function layoutOf(chart: Chart): Layout {
  const spine = placeSpine(planOf(chart));
  const aside = placeAside(spine);
  const boxes = new Map([...spine.boxes, ...aside.boxes]);
  const states = chart.states.map((state) => ({ ...boxes.get(state.id)!, state }));
  const wires = withJoins([...spineWires(spine), ...asideWires(spine, aside)]);
  const starts = startsOf(chart, boxes);
  const drawn = { states, wires, starts, notes: aside.notes };
  return framed({ ...drawn, legend: legendBox(drawn, aside.column, chart) });
}

type Drawn = Omit<Layout, 'width' | 'height'>;

const cornersOf = (box: Box): Point[] => [box, { x: rightOf(box), y: bottomOf(box) }];

function boundsOfDrawn({ states, wires, starts, notes }: Omit<Drawn, 'legend'>): Box {
  const lines = [...wires, ...starts, ...notes].flatMap(({ points }) => points);
  const boxes = [...states, ...wires.map(({ label }) => label), ...notes];
  return boundsOf([...lines, ...boxes.flatMap(cornersOf)]);
}

/** Right of the spine's end, below all that stands aside. */
function legendBox(drawn: Omit<Drawn, 'legend'>, column: Aside['column'], chart: Chart): Legend {
  const rows = legendRows(chart);
  const least = legendSize(rows);
  const size = { ...least, width: Math.max(least.width, column.width) };
  const all = boundsOfDrawn(drawn);
  const { x } = column;
  const inTheWay = [...drawn.states, ...drawn.notes, ...drawn.wires.map(({ label }) => label)].filter(
    (box) => rightOf(box) > x - MARGIN,
  );
  const free = Math.max(all.y, ...inTheWay.map(bottomOf)) + LEGEND_GAP;
  return { ...size, rows, x, y: Math.max(free, bottomOf(all) - size.height) };
}

/** Moves everything so that the picture begins at 0, with a margin on each side. */
function framed(drawn: Drawn): Layout {
  const all = boundsOf([...cornersOf(boundsOfDrawn(drawn)), ...cornersOf(drawn.legend)]);
  const move = <T extends Point>(thing: T): T => ({
    ...thing,
    x: round(thing.x - all.x + MARGIN),
    y: round(thing.y - all.y + MARGIN),
  });
  const movePoints = <T extends { readonly points: readonly Point[] }>(thing: T): T => ({
    ...thing,
    points: thing.points.map(move),
  });
  return {
    width: Math.ceil(all.width + 2 * MARGIN),
    height: Math.ceil(all.height + 2 * MARGIN),
    states: drawn.states.map(move),
    wires: drawn.wires.map((wire) => ({ ...movePoints(wire), label: move(wire.label) })),
    starts: drawn.starts.map((start) => ({ ...movePoints(start), dot: move(start.dot) })),
    notes: drawn.notes.map((note) => movePoints(move(note))),
    legend: move(drawn.legend),
  };
}

const round = (value: number): number => Math.round(value * 10) / 10;
