import type { Chart, ChartState } from '../chart.js';
import { groupArrows, stateLookup, type ArrowGroup, type ArrowNote } from '../group.js';

/**
 * How a line runs. `main`: straight down to the next state. `back`: left of the spine, sharing the last stretch with all
 * lines to the same state. `self`: a loop. `park`: from the spine to the side. `leave`: from the side, wherever to.
 */
export type Role = 'main' | 'back' | 'self' | 'park' | 'leave';

export interface PlannedArrow extends ArrowGroup {
  readonly role: Role;
  /** Inside one compound state, so that its line stays inside that box. */
  readonly inside: string | null;
  /** How many states lie between source and target; negative where the line runs down. */
  readonly distance: number;
}

/** What stands where, before there are any coordinates. */
export interface Plan {
  /** The main way, from the initial state down. */
  readonly spine: readonly ChartState[];
  /** The top states that the main way does not pass. */
  readonly aside: readonly ChartState[];
  readonly arrows: readonly PlannedArrow[];
  readonly notes: readonly ArrowNote[];
  readonly stateOf: (id: string) => ChartState;
}

/** Finds the main way through a chart, and how each of its arrows relates to it. */
export function planOf(chart: Chart): Plan {
  const stateOf = stateLookup(chart);
  const { groups, notes } = groupArrows(chart);
  const tops = chart.states.filter((state) => state.parent === null);
  const main = new Set(mainWay(tops, groups, chart.initial, stateOf));
  const spine = tops.filter((state) => main.has(state.id));
  const leaves = spine.flatMap((state) => leavesOf(state, stateOf)).map((state) => state.id);
  const arrows = groups.map((group) => planArrow(group, leaves, stateOf));
  return { spine, aside: tops.filter((state) => !main.has(state.id)), arrows, notes, stateOf };
}

type Lookup = Plan['stateOf'];

export const leavesOf = (state: ChartState, stateOf: Lookup): ChartState[] =>
  state.children.length === 0 ? [state] : state.children.flatMap((id) => leavesOf(stateOf(id), stateOf));

function topOf(id: string, stateOf: Lookup): string {
  const { parent } = stateOf(id);
  return parent === null ? id : topOf(parent, stateOf);
}

/** The longest way from the initial state on which each state stands below the one before, in the machine's order. */
function mainWay(
  tops: readonly ChartState[],
  groups: readonly ArrowGroup[],
  initial: string | null,
  stateOf: Lookup,
): string[] {
  const order = tops.map((state) => state.id);
  const steps = groups.map(({ from, to }) => [topOf(from, stateOf), topOf(to, stateOf)] as const);
  const longestFrom = new Map<string, string[]>();
  for (const id of order.toReversed()) {
    const next = steps
      .filter(([from, to]) => from === id && order.indexOf(to) > order.indexOf(id))
      .map(([, to]) => longestFrom.get(to) ?? [])
      .reduce((best, way) => (way.length > best.length ? way : best), []);
    longestFrom.set(id, [id, ...next]);
  }
  return longestFrom.get(initial ?? order[0] ?? '') ?? [];
}

function planArrow(group: ArrowGroup, leaves: readonly string[], stateOf: Lookup): PlannedArrow {
  const [source, target] = [stateOf(group.from), stateOf(group.to)];
  const first = (state: ChartState): number => leaves.indexOf(leavesOf(state, stateOf)[0]!.id);
  const last = (state: ChartState): number => leaves.indexOf(leavesOf(state, stateOf).at(-1)!.id);
  const inside = source.parent === target.parent ? source.parent : null;
  const distance = first(source) - first(target);
  return { ...group, role: roleOf(), inside, distance };

  function roleOf(): Role {
    if (first(source) < 0) return 'leave';
    if (source === target) return 'self';
    if (first(target) < 0) return 'park';
    return last(source) + 1 === first(target) ? 'main' : 'back';
  }
}
