import type { ChartState } from '../chart.js';
import type { Plan, PlannedArrow } from './classify-edges.js';
import { bottomOf, type Box } from './geometry.js';
import { labelOf } from './label.js';

/** A place on the side of a box where a line starts or ends. Its label, if it has one, stands on the line. */
export interface Port {
  readonly key: string;
  /** The line and the room above it. */
  readonly height: number;
  /** Lines that come from below end below those that leave, or they would cross them. */
  readonly last: boolean;
}

export interface Sides {
  readonly left: readonly Port[];
  readonly right: readonly Port[];
}

/** How far the uppermost label of a side may stand out above its box. */
const PROTRUSION = 30;
const LABEL_GAP = 9;
const ENTRY_HEIGHT = 18;
const LOOP_HEIGHT = 26;
const MARGIN = 14;
const TITLE_LINE = 17;

export const outKey = (arrow: PlannedArrow): string => `out ${arrow.to}`;
export const inKey = (arrow: PlannedArrow): string => `in ${arrow.inside ?? ''}`;

/** The ports of one state, each side from top to bottom. */
export function sidesOf(state: ChartState, plan: Plan): Sides {
  const leaving = plan.arrows.filter(({ from }) => from === state.id);
  const coming = plan.arrows.filter(({ to }) => to === state.id);
  const back = leaving.filter(({ role }) => role === 'back').toSorted((a, b) => a.distance - b.distance);
  const entries = coming.filter(({ role }) => role === 'back');
  return {
    left: [
      ...entryPorts(
        entries.filter(({ distance }) => distance < 0),
        false,
      ),
      ...back.filter(({ distance }) => distance >= 0).map(outPort),
      ...back.filter(({ distance }) => distance < 0).map(outPort),
      ...entryPorts(
        entries.filter(({ distance }) => distance >= 0),
        true,
      ),
    ],
    right: [
      ...entryPorts(
        coming.filter(({ role }) => role === 'leave'),
        false,
      ),
      ...leaving.filter(({ role }) => role === 'self').map(loopPort),
      ...leaving.filter(({ role }) => role === 'park').map(outPort),
    ],
  };
}

const labelledHeight = (arrow: PlannedArrow): number => labelOf(arrow.arrows).height + LABEL_GAP;

const outPort = (arrow: PlannedArrow): Port => ({ key: outKey(arrow), height: labelledHeight(arrow), last: false });

const loopPort = (arrow: PlannedArrow): Port => ({
  key: outKey(arrow),
  height: Math.max(LOOP_HEIGHT, labelledHeight(arrow)),
  last: false,
});

const entryPorts = (arrows: readonly PlannedArrow[], last: boolean): Port[] =>
  [...new Set(arrows.map(inKey))].map((key) => ({ key, height: ENTRY_HEIGHT, last }));

const total = (ports: readonly Port[]): number => ports.reduce((sum, port) => sum + port.height, 0);

/** The least height of a box with these ports. */
export const heightForPorts = ({ left, right }: Sides): number => Math.max(heightForSide(left), heightForSide(right));

function heightForSide(ports: readonly Port[]): number {
  const [first, ...others] = ports;
  return first === undefined ? 0 : MARGIN + Math.max(MARGIN, first.height - PROTRUSION) + total(others);
}

/** The y of each port on one side of a box without children: in its middle, or else up from its lower end. */
export function portYs(box: Box, ports: readonly Port[]): Map<string, number> {
  const room = box.height - 2 * MARGIN;
  const needed = total(ports);
  const top = needed <= room ? box.y + (box.height - needed) / 2 : bottomOf(box) - MARGIN - needed;
  return downFrom(top, ports);
}

/** The y of each port of a box with children: at its title, or at its lower end for what comes from below. */
export function titlePortYs(box: Box, ports: readonly Port[]): Map<string, number> {
  const upper = ports.filter(({ last }) => !last);
  const first = upper[0]?.height ?? 0;
  const top = box.y + TITLE_LINE - first + Math.max(0, first - TITLE_LINE - PROTRUSION);
  const lower = ports.filter(({ last }) => last);
  return new Map([...downFrom(top, upper), ...downFrom(bottomOf(box) - MARGIN - total(lower), lower)]);
}

function downFrom(top: number, ports: readonly Port[]): Map<string, number> {
  let y = top;
  return new Map(
    ports.map((port) => {
      y += port.height;
      return [port.key, y];
    }),
  );
}
