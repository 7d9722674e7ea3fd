import type { PlannedArrow } from './classify-edges.js';
import { wireOf, type Wire } from './edges.js';
import { bottomOf, rightOf, type Box, type Point } from './geometry.js';
import { labelOf } from './label.js';
import { LABEL_DISTANCE, WIRE_GAP, portY, type PlacedLabel, type Spine } from './main-column.js';
import { inKey, outKey } from './ports.js';
import type { Aside } from './side-column.js';

const ENTRY_X = 30;
const EXIT_SHARE = 0.6;
const EXIT_STEP = 20;
const EDGE = 6;

/** The lines between the spine and the column beside it. */
export function asideWires(spine: Spine, aside: Aside): Wire[] {
  const byRole = (role: PlannedArrow['role']): PlannedArrow[] =>
    spine.plan.arrows.filter((arrow) => arrow.role === role);
  return [
    ...byRole('park').map((arrow) => wireOf(arrow, parkRoute(arrow, spine, aside), spine.labels.get(arrow)!)),
    ...byRole('leave').map((arrow, index) => leaveWire(arrow, index, spine, aside)),
  ];
}

/** Straight into the state's side where it stands at this height, else up or down a stretch that all these lines share. */
function parkRoute(arrow: PlannedArrow, spine: Spine, { boxes }: Aside): Point[] {
  const target = boxes.get(arrow.to)!;
  const start = { x: rightOf(spine.boxes.get(arrow.from)!), y: portY(arrow.from, 'right', outKey(arrow), spine) };
  if (start.y > target.y + EDGE && start.y < bottomOf(target) - EDGE) return [start, { x: target.x, y: start.y }];
  const x = target.x + ENTRY_X;
  return [start, { x, y: start.y }, { x, y: start.y < target.y ? target.y : bottomOf(target) }];
}

function leaveWire(arrow: PlannedArrow, index: number, spine: Spine, { boxes }: Aside): Wire {
  const source = boxes.get(arrow.from)!;
  const target = spine.boxes.get(arrow.to);
  const label = labelOf(arrow.arrows);
  if (target === undefined) return aroundWire(arrow, source, boxes.get(arrow.to)!);
  const y = portY(arrow.to, 'right', inKey(arrow), spine);
  const x = source.x + source.width * EXIT_SHARE + index * EXIT_STEP;
  const up = y < source.y;
  const start = { x, y: up ? source.y : bottomOf(source) };
  const labelY = up ? start.y - WIRE_GAP - label.height : start.y + WIRE_GAP;
  const points = [start, { x, y }, { x: rightOf(target), y }];
  return wireOf(arrow, points, { ...label, x: x + LABEL_DISTANCE - WIRE_GAP, y: labelY });
}

/** From one state of the column to another, around its right side. */
function aroundWire(arrow: PlannedArrow, source: Box, target: Box): Wire {
  const label: PlacedLabel = { ...labelOf(arrow.arrows), x: rightOf(source) + 2 * LABEL_DISTANCE, y: source.y };
  const [from, to, x] = [source.y + source.height / 3, target.y + target.height / 2, rightOf(source) + LABEL_DISTANCE];
  const points = [
    { x: rightOf(source), y: from },
    { x, y: from },
    { x, y: to },
    { x: rightOf(target), y: to },
  ];
  return wireOf(arrow, points, label);
}
