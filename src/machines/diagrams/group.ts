import type { Chart, ChartArrow, ChartState } from './chart.js';

/** All the arrows that lead from one state to another: one line in a picture. */
export interface ArrowGroup {
  readonly from: string;
  readonly to: string;
  readonly arrows: readonly ChartArrow[];
}

/** One event that leads from many states to the same one: said once, at the target. */
export interface ArrowNote {
  readonly to: string;
  readonly event: string;
  readonly condition: string | null;
  readonly arrows: readonly ChartArrow[];
}

/** Every arrow of a chart, in a group or in a note, never in both. */
export interface Grouped {
  readonly groups: readonly ArrowGroup[];
  readonly notes: readonly ArrowNote[];
}

const MANY_SOURCES = 5;

/** Sorts a chart's arrows into what is drawn as a line and what is drawn as a note. */
export function groupArrows(chart: Chart): Grouped {
  const sameEvent = groupBy(chart.arrows, ({ to, event, condition }) => [to, event, condition]);
  const noted = sameEvent.filter((arrows) => new Set(arrows.map(({ from }) => from)).size >= MANY_SOURCES);
  const inNotes = new Set(noted.flat());
  const drawn = chart.arrows.filter((arrow) => !inNotes.has(arrow));
  return {
    groups: groupBy(drawn, ({ from, to }) => [from, to]).map((arrows) => ({
      from: arrows[0].from,
      to: arrows[0].to,
      arrows,
    })),
    notes: noted.map((arrows) => ({
      to: arrows[0].to,
      event: arrows[0].event,
      condition: arrows[0].condition,
      arrows,
    })),
  };
}

type NonEmpty<T> = readonly [T, ...T[]];

function groupBy<T>(items: readonly T[], keyOf: (item: T) => readonly unknown[]): NonEmpty<T>[] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = JSON.stringify(keyOf(item));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return [...groups.values()];
}

/** `event [condition]`, as one line of text. */
export const lineOf = ({ event, condition }: Pick<ChartArrow, 'event' | 'condition'>): string =>
  condition === null ? event : `${event} [${condition}]`;

/** A chart's states by id; throws on an id that the chart does not have. */
export function stateLookup(chart: Chart): (id: string) => ChartState {
  const byId = new Map(chart.states.map((state) => [state.id, state]));
  return (id) => {
    const state = byId.get(id);
    if (state === undefined) throw new Error(`the chart ${chart.id} has no state ${id}`);
    return state;
  };
}
