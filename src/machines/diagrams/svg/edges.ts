import type { Chart } from '../chart.js';
import { stateLookup, type ArrowGroup } from '../group.js';
import { leavesOf, type PlannedArrow, type Role } from './classify-edges.js';
import { bottomOf, middleOf, rightOf, type Box, type Point } from './geometry.js';
import { LOOP_HEIGHT, LOOP_WIDTH, endY, laneKey, portY, startY, type PlacedLabel, type Spine } from './main-column.js';
import { outKey } from './ports.js';

/** A line from one state to another; `points` runs from the source's edge to the target's. */
export interface Wire extends ArrowGroup {
  readonly role: Role;
  readonly points: readonly Point[];
  readonly label: PlacedLabel;
  /** From its last bend on, this line runs where a longer one to the same state does. */
  readonly joins: boolean;
}

/** The dot and the arrow that show where a machine, or a state with children, begins. */
export interface Start {
  readonly dot: Point;
  readonly points: readonly Point[];
}

const DOT_ABOVE = 30;
const BESIDE_MAIN = 36;

/** The lines that stay on the spine or to its left. */
export function spineWires(spine: Spine): Wire[] {
  return spine.plan.arrows
    .filter(({ role }) => role === 'main' || role === 'back' || role === 'self')
    .map((arrow) => wireOf(arrow, routeOf(arrow, spine), spine.labels.get(arrow)!));
}

export function wireOf(arrow: PlannedArrow, points: readonly Point[], label: PlacedLabel): Wire {
  const { from, to, arrows, role } = arrow;
  return { from, to, arrows, role, points, label, joins: false };
}

/** Finds the lines that share their last stretch with a longer one. */
export const withJoins = (wires: readonly Wire[]): Wire[] =>
  wires.map((wire) => ({ ...wire, joins: wires.some((other) => other !== wire && isWithin(wire, other)) }));

function isWithin(wire: Wire, longer: Wire): boolean {
  const [bend, ...rest] = wire.points.slice(1);
  const [start, ...end] = longer.points.slice(1);
  if (bend === undefined || start === undefined || rest.length === 0 || rest.length !== end.length) return false;
  const sameEnd = rest.every(({ x, y }, index) => x === end[index]!.x && y === end[index]!.y);
  const [own, others] = [Math.abs(bend.y - rest[0]!.y), Math.abs(start.y - rest[0]!.y)];
  return sameEnd && bend.x === start.x && bend.y < rest[0]!.y === start.y < rest[0]!.y && own < others;
}

function routeOf(arrow: PlannedArrow, spine: Spine): Point[] {
  const [source, target] = [spine.boxes.get(arrow.from)!, spine.boxes.get(arrow.to)!];
  if (arrow.role === 'main')
    return [
      { x: 0, y: bottomOf(source) },
      { x: 0, y: target.y },
    ];
  if (arrow.role === 'self') return loop(source, portY(arrow.from, 'right', outKey(arrow), spine));
  const { x } = spine.lanes.get(laneKey(arrow))!;
  const [from, to] = [startY(arrow, spine), endY(arrow, spine)];
  return [
    { x: source.x, y: from },
    { x, y: from },
    { x, y: to },
    { x: target.x, y: to },
  ];
}

function loop(box: Box, y: number): Point[] {
  const [near, far] = [rightOf(box), rightOf(box) + LOOP_WIDTH];
  return [
    { x: near, y: y - LOOP_HEIGHT },
    { x: far, y: y - LOOP_HEIGHT },
    { x: far, y },
    { x: near, y },
  ];
}

/** The initial states of the whole chart and of each state with children. */
export function startsOf(chart: Chart, boxes: ReadonlyMap<string, Box>): Start[] {
  const stateOf = stateLookup(chart);
  const tops = chart.states.filter(({ parent }) => parent === null).map(({ id }) => id);
  return [{ initial: chart.initial, children: tops }, ...chart.states].flatMap(({ initial, children }) => {
    if (initial === null) return [];
    const column = middleOf(boxes.get(leavesOf(stateOf(initial), stateOf)[0]!.id)!);
    const x = initial === children[0] ? column : column - BESIDE_MAIN;
    const { y } = boxes.get(initial)!;
    return [{ dot: { x, y: y - DOT_ABOVE }, points: [y - DOT_ABOVE, y].map((end) => ({ x, y: end })) }];
  });
}
