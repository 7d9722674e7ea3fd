import { transition, initialTransition, type AnyStateNode } from 'xstate';
import type { jobMachine } from '#dist/machines/job-machine.js';
import type { JobContext, JobEvent } from '#dist/machines/job-types.js';
import type { JobSnapshot } from '#dist/machines/restore.js';
import { CONDITIONS, GOLDEN, newJob, PLACES, type Condition, type Place, type Row } from './golden-table.js';
import { conditionHolds, contextAfter, differences, nameOf, placeOf, rowTaken } from './oracle.js';
import { basicEventsAt, eventsAt, flat, wayTo, WORN, WORN_WITHOUT_MISMATCH } from './samples.js';

export type JobMachine = typeof jobMachine;
type Complaints = Generator<string, void>;

export const PLACE_NAMES = Object.keys(PLACES) as Place[];

export const valueOf = (place: Place): JobSnapshot['value'] => {
  const [state, phase] = place.split('.') as [string, string?];
  return (phase === undefined ? state : { [state]: phase }) as JobSnapshot['value'];
};

/** Every arrow of the definition, from each innermost state that it leaves, its own or an enclosing one's. */
function declaredArrows(machine: JobMachine): string[] {
  return leavesOf(machine.root).flatMap((leaf) => {
    const seen = new Set<string>();
    return withParents(leaf).flatMap((node) => {
      const own = [...node.transitions.values()].flat().filter(({ eventType }) => !seen.has(eventType));
      for (const { eventType } of own) seen.add(eventType);
      return own.map((arrow) => {
        const to = placeNameOf(arrow.target === undefined ? leaf : initialLeafOf(arrow.target[0]!));
        const condition = conditionName(arrow.guard);
        return nameOf({ from: placeNameOf(leaf), event: arrow.eventType as JobEvent['type'], condition, to });
      });
    });
  });
}

const leavesOf = (node: AnyStateNode): AnyStateNode[] => {
  const children = Object.values(node.states);
  return children.length === 0 ? [node] : children.flatMap(leavesOf);
};
const withParents = (node: AnyStateNode): AnyStateNode[] =>
  node.parent === undefined ? [node] : [node, ...withParents(node.parent)];
export const placeNameOf = (node: AnyStateNode): Place => node.path.join('.') as Place;
export const initialLeafOf = (node: AnyStateNode): AnyStateNode =>
  node.type === 'compound' ? initialLeafOf(node.initial.target[0]!) : node;
const conditionName = (guard: unknown): string | null =>
  guard === undefined ? null : typeof guard === 'string' ? guard : (guard as { type: string }).type;

/** Declared − golden and golden − declared: both must be empty. And nothing but arrows on events may move a job. */
export function* declarationComplaints(machine: JobMachine): Complaints {
  const declared = declaredArrows(machine);
  const golden = GOLDEN.map(nameOf);
  for (const name of golden) if (!declared.includes(name)) yield `not declared: ${name}`;
  for (const name of declared) if (!golden.includes(name)) yield `not in the table: ${name}`;
  if (new Set(declared).size !== declared.length) yield 'an arrow is declared twice';
  for (const leaf of leavesOf(machine.root)) {
    const place = placeNameOf(leaf);
    if (!(place in PLACES)) yield `not in the table: the state ${place}`;
    else if (leaf.tags.join() !== PLACES[place]) yield `${place} is tagged ${leaf.tags.join()}, not ${PLACES[place]}`;
  }
  for (const node of leavesOf(machine.root).flatMap(withParents)) {
    const { entry, exit, invoke, after, always } = node;
    const hidden = [...entry, ...exit, ...invoke, ...after, ...(always ?? [])];
    if (hidden.length > 0) yield `${node.id} does more than to wait for events`;
  }
}

/** What the table alone makes of a job that goes this way. */
const goldenRun = (events: readonly JobEvent[]): JobContext =>
  events.reduce<{ place: Place; context: JobContext }>(
    ({ place, context }, event) => {
      const row = rowTaken(place, context, event)!;
      return { place: row.to, context: contextAfter(row, context, event) };
    },
    { place: 'queued', context: newJob(0) },
  ).context;

/** A new job is as the table says, and each place of the table is met on the shortest way to it. */
export function* reachComplaints(machine: JobMachine): Complaints {
  const [first] = initialTransition(machine, { at: 0 });
  for (const difference of differences(newJob(0), first.context)) yield `a new job: ${difference}`;
  for (const place of PLACE_NAMES) {
    const reached = wayTo(place).reduce((snapshot, event) => transition(machine, snapshot, event)[0], first);
    if (placeOf(reached) !== place) yield `the way to ${place} ends in ${placeOf(reached)}`;
    if (!reached.hasTag(PLACES[place])) yield `${place} is not ${PLACES[place]}`;
    if (reached.status !== 'active') yield `${place} is ${reached.status}`;
    yield* differences(goldenRun(wayTo(place)), reached.context);
  }
}

/** One event in one place, and what the table says of it: a row and a context, or that nothing moves. */
interface Step {
  readonly place: Place;
  readonly before: JobContext;
  readonly event: JobEvent;
  readonly row: Row | null;
}

const stepsWith = (events: readonly JobEvent[]): Step[] =>
  PLACE_NAMES.flatMap((place) =>
    [goldenRun(wayTo(place)), WORN, WORN_WITHOUT_MISMATCH].flatMap((before) =>
      events.map((event) => ({ place, before, event, row: rowTaken(place, before, event) })),
    ),
  );

/** Every sample in every place, with three pasts; those that find most faults first. */
const STEPS: readonly Step[] = [
  ...stepsWith(flat(basicEventsAt(1_000_000))).filter(({ row }) => row !== null),
  ...stepsWith(flat(basicEventsAt(1_000_000))).filter(({ row }) => row === null),
  ...stepsWith(flat(eventsAt(1_000_000))),
];

/** Each event in each place: it takes the golden row and changes just what that says, or nothing moves. */
export function* behaviourComplaints(machine: JobMachine, onRow: (row: Row) => void = () => undefined): Complaints {
  for (const step of STEPS) {
    yield* stepComplaints(machine, step);
    if (step.row !== null) onRow(step.row);
  }
}

function* stepComplaints(machine: JobMachine, { place, before, event, row }: Step): Complaints {
  const snapshot = machine.resolveState({ value: valueOf(place), context: before });
  const [after, effects] = transition(machine, snapshot, event);
  if (row === null) {
    if (after !== snapshot) yield `${place}: ${event.type} must change nothing`;
    return;
  }
  if (placeOf(after) !== row.to) yield `${nameOf(row)}: ends in ${placeOf(after)}`;
  const expected = contextAfter(row, before, event);
  for (const difference of differences(expected, after.context)) yield `${nameOf(row)}: ${difference}`;
  if (effects.length > 0) yield `${nameOf(row)}: asks for an effect`;
  if (row.condition !== null) yield* conditionComplaints(machine, before, event);
}

type Guard = (args: { context: JobContext; event: JobEvent }, params: undefined) => boolean;

/** Each condition holds exactly when the table's does, whatever the order of the arrows. */
function* conditionComplaints(machine: JobMachine, context: JobContext, event: JobEvent): Complaints {
  for (const { condition, event: type } of GOLDEN) {
    if (condition === null || type !== event.type) continue;
    const guard = machine.implementations.guards[condition] as unknown as Guard;
    if (guard({ context, event }, undefined) !== conditionHolds(condition, context, event)) {
      yield `the condition "${condition}" is wrong about ${event.type}`;
    }
  }
}

/** The whole check. What the machine throws is a complaint too. */
export function* complaints(machine: JobMachine): Complaints {
  try {
    yield* declarationComplaints(machine);
    yield* reachComplaints(machine);
    yield* behaviourComplaints(machine);
  } catch (error) {
    yield `throws: ${String(error)}`;
  }
}

export const CONDITION_NAMES = Object.keys(CONDITIONS) as Condition[];
