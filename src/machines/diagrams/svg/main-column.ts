import type { ChartState } from '../chart.js';
import { leavesOf, type Plan, type PlannedArrow } from './classify-edges.js';
import { bottomOf, greatestX, leastX, rightOf, spans, type Box } from './geometry.js';
import { labelOf, type Label } from './label.js';
import { leafWidth, stack, titleWidth } from './nodes.js';
import { outKey, inKey, portYs, sidesOf, titlePortYs } from './ports.js';

export type PlacedLabel = Label & Box;

/** The main way with everything to its left, and the labels to its right. The way itself is x = 0. */
export interface Spine {
  readonly plan: Plan;
  readonly boxes: Map<string, Box>;
  readonly labels: Map<PlannedArrow, PlacedLabel>;
  /** The last stretch that all lines to one state share, by `laneKey`. */
  readonly lanes: Map<string, Box>;
}

export const LOOP_WIDTH = 24;
export const LOOP_HEIGHT = 22;
export const LABEL_DISTANCE = 14;
export const WIRE_GAP = 5;
const LANE_GAP = 18;
const PADDING = 16;

export const laneKey = ({ to, inside }: PlannedArrow): string => JSON.stringify([inside, to]);

export function placeSpine(plan: Plan): Spine {
  const leaves = plan.spine.flatMap((state) => leavesOf(state, plan.stateOf));
  const spine: Spine = {
    plan,
    boxes: stack(plan.spine, 0, leafWidth(leaves), plan),
    labels: new Map(),
    lanes: new Map(),
  };
  for (const arrow of plan.arrows.filter(({ role }) => role === 'main'))
    spine.labels.set(arrow, mainLabel(arrow, spine));
  for (const leaf of leaves) labelSides(leaf, spine);
  for (const level of levelsOf(plan)) placeLevel(level, spine);
  addLanes(null, spine);
  return spine;
}

/** The states with children, the innermost first. */
function levelsOf({ spine, stateOf }: Plan): ChartState[][] {
  const levels: ChartState[][] = [];
  for (let level = spine; level.length > 0; level = level.flatMap(({ children }) => children.map(stateOf))) {
    levels.unshift(level.filter(({ children }) => children.length > 0));
  }
  return levels;
}

function placeLevel(level: readonly ChartState[], spine: Spine): void {
  if (level.length === 0) return;
  for (const state of level) addLanes(state.id, spine);
  const contents = level.map((state) => contentsOf(state.id, spine)).flat();
  const x = leastX(contents) - PADDING;
  const right = Math.max(greatestX(contents) + PADDING, ...level.map((state) => x + titleWidth(state)));
  for (const { id } of level) spine.boxes.set(id, { ...spine.boxes.get(id)!, x, width: right - x });
  for (const state of level) labelSides(state, spine);
}

/** All that stands inside a state, or in the whole spine for `null`. */
function contentsOf(inside: string | null, { plan, boxes, labels, lanes }: Spine): Box[] {
  const isInside = (id: string | null): boolean =>
    inside === null || (id !== null && (id === inside || isInside(plan.stateOf(id).parent)));
  return [
    ...[...boxes].filter(([id]) => id !== inside && isInside(id)).map(([, box]) => box),
    ...[...labels].filter(([{ from }]) => from !== inside && isInside(from)).map(([, label]) => label),
    ...[...lanes].filter(([key]) => isInside((JSON.parse(key) as [string | null, string])[0])).map(([, lane]) => lane),
  ];
}

/** Each lane stands left of all that it passes; the short ones first, so that the long ones run around them. */
function addLanes(inside: string | null, spine: Spine): void {
  const arrows = spine.plan.arrows.filter((arrow) => arrow.role === 'back' && arrow.inside === inside);
  const trunks = [...new Set(arrows.map(laneKey))].map((key) => {
    const ys = arrows
      .filter((arrow) => laneKey(arrow) === key)
      .flatMap((arrow) => [startY(arrow, spine), endY(arrow, spine)]);
    return { key, top: Math.min(...ys), bottom: Math.max(...ys) };
  });
  for (const { key, top, bottom } of trunks.toSorted((a, b) => a.bottom - a.top - (b.bottom - b.top))) {
    const passed = contentsOf(inside, spine).filter((box) => spans(box, top - 1, bottom + 1));
    spine.lanes.set(key, { x: leastX(passed) - LANE_GAP, y: top, width: 0, height: bottom - top });
  }
}

/** The y of a port, by the state and the side that it is on. */
export function portY(id: string, side: 'left' | 'right', key: string, { plan, boxes }: Spine): number {
  const state = plan.stateOf(id);
  const ports = sidesOf(state, plan)[side];
  const ys = state.children.length === 0 ? portYs(boxes.get(id)!, ports) : titlePortYs(boxes.get(id)!, ports);
  return ys.get(key)!;
}

export const startY = (arrow: PlannedArrow, spine: Spine): number => portY(arrow.from, 'left', outKey(arrow), spine);
export const endY = (arrow: PlannedArrow, spine: Spine): number => portY(arrow.to, 'left', inKey(arrow), spine);

/** Labels stand on the lines that leave a state, next to it. */
function labelSides(state: ChartState, spine: Spine): void {
  const box = spine.boxes.get(state.id)!;
  for (const arrow of spine.plan.arrows.filter(({ from }) => from === state.id)) {
    const label = labelOf(arrow.arrows);
    if (arrow.role === 'back') {
      const y = startY(arrow, spine) - WIRE_GAP - label.height;
      spine.labels.set(arrow, { ...label, x: box.x - LABEL_DISTANCE - label.width, y });
    } else if (arrow.role === 'park' || arrow.role === 'self') {
      const y = portY(arrow.from, 'right', outKey(arrow), spine) - WIRE_GAP - label.height;
      const loop = arrow.role === 'self' ? LOOP_WIDTH - WIRE_GAP : 0;
      spine.labels.set(arrow, { ...label, x: rightOf(box) + LABEL_DISTANCE + loop, y });
    }
  }
}

/** Beside the line, in the middle of what is free between the two boxes. */
function mainLabel(arrow: PlannedArrow, { plan, boxes }: Spine): PlacedLabel {
  const label = labelOf(arrow.arrows);
  const top = bottomOf(boxes.get(outermost(arrow.from, arrow.to, plan))!);
  const bottom = boxes.get(arrow.to)!.y;
  return { ...label, x: LABEL_DISTANCE, y: (top + bottom - label.height) / 2 - 2 };
}

/** The box around `from` that a line to `to` leaves last. */
function outermost(from: string, to: string, plan: Plan): string {
  const { parent } = plan.stateOf(from);
  const holds = (id: string | null): boolean => id !== null && (id === parent || holds(plan.stateOf(id).parent));
  return parent === null || holds(to) ? from : outermost(parent, to, plan);
}
