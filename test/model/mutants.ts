import { assign, createMachine } from 'xstate';
import { jobMachine } from '#dist/machines/job-machine.js';
import type { JobContext, JobEvent } from '#dist/machines/job-types.js';
import { GOLDEN, PLACES, type Place } from './golden-table.js';
import { EVENT_TYPES, eventsAt, flat, WORN } from './samples.js';
import { CONDITION_NAMES, initialLeafOf, placeNameOf, PLACE_NAMES, type JobMachine } from './table-check.js';

/**
 * The machine with one thing wrong, for each thing that can be. Not among them, since they are no faults: the arrows
 * of one event in another order (no two of their conditions ever hold at once), and the same target spelt otherwise.
 */
export interface Mutant {
  readonly name: string;
  readonly machine: JobMachine;
}

/** Arrows and states as `createMachine` takes them. */
interface Arrow {
  target?: string;
  guard?: string;
  actions?: string;
}
interface Node {
  on?: Record<string, Arrow[] | Arrow>;
  states?: Record<string, Node>;
  [key: string]: unknown;
}

const ACTIONS = Object.keys(jobMachine.implementations.actions);
const idOf = (place: Place): string => `#job.${place}`;

/** Shares nothing but functions with the original: each mutant has its own fault only. */
function copyOf<T>(value: T): T {
  if (Array.isArray(value)) return value.map(copyOf) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, copyOf(part) as unknown])) as T;
}

function rewritten(change: (root: Node) => void): JobMachine {
  const config = copyOf(jobMachine.config) as unknown as Node;
  change(config);
  return createMachine(config as never, jobMachine.implementations as never) as unknown as JobMachine;
}

const nodeAt = (root: Node, path: readonly string[]): Node => path.reduce((node, key) => node.states![key]!, root);
const arrowsOf = (node: Node, event: string): Arrow[] => [node.on?.[event] ?? []].flat();

/** Where in the definition one arrow stands. */
interface Spot {
  readonly path: readonly string[];
  readonly event: string;
  readonly index: number;
}

function spotsIn(node: Node, path: readonly string[] = []): Spot[] {
  const own = Object.keys(node.on ?? {}).flatMap((event) =>
    arrowsOf(node, event).map((_, index) => ({ path, event, index })),
  );
  const inner = Object.entries(node.states ?? {}).flatMap(([key, child]) => spotsIn(child, [...path, key]));
  return [...own, ...inner];
}

const ROOT = jobMachine.config as unknown as Node;
const arrowAt = ({ path, event, index }: Spot): Arrow => arrowsOf(nodeAt(ROOT, path), event)[index]!;

function targetOf({ path, event, index }: Spot): Place {
  const node = jobMachine.getStateNodeById(['job', ...path].join('.'));
  const target = [...node.transitions.values()].flat().filter(({ eventType }) => eventType === event)[index]!.target;
  return placeNameOf(initialLeafOf(target?.[0] ?? node));
}

function withArrows(spot: Spot, change: (arrows: Arrow[], arrow: Arrow) => Arrow[]): JobMachine {
  return rewritten((root) => {
    const node = nodeAt(root, spot.path);
    const arrows = arrowsOf(node, spot.event);
    node.on = { ...node.on, [spot.event]: change(arrows, arrows[spot.index]!) };
  });
}

function* arrowMutants(): Generator<Mutant> {
  for (const spot of spotsIn(ROOT)) {
    const { guard, actions } = arrowAt(spot);
    const name = `${spot.path.join('.')} on ${spot.event} [${guard ?? ''}]`;
    const altered = (what: string, change: Partial<Arrow>): Mutant => ({
      name: `${name}: ${what}`,
      machine: withArrows(spot, (arrows, arrow) => arrows.with(spot.index, { ...arrow, ...change })),
    });
    yield { name: `${name}: removed`, machine: withArrows(spot, (arrows, gone) => arrows.filter((it) => it !== gone)) };
    for (const place of PLACE_NAMES) {
      if (place !== targetOf(spot)) yield altered(`leads to ${place}`, { target: idOf(place) });
    }
    yield altered('no action', { actions: undefined as never });
    for (const other of ACTIONS) if (other !== actions) yield altered(`action ${other}`, { actions: other });
    if (guard !== undefined) yield altered('no condition', { guard: undefined as never });
    for (const other of CONDITION_NAMES) if (other !== guard) yield altered(`condition ${other}`, { guard: other });
  }
}

/** An arrow, without condition or action, for each event in each place where the table has none. */
function* addedArrowMutants(): Generator<Mutant> {
  for (const place of PLACE_NAMES) {
    for (const event of EVENT_TYPES) {
      if (GOLDEN.some((row) => row.from === place && row.event === event)) continue;
      for (const to of PLACE_NAMES) {
        const machine = rewritten((root) => {
          const node = nodeAt(root, place.split('.'));
          node.on = { ...node.on, [event]: { target: idOf(to) } };
        });
        yield { name: `${place} on ${event}: now leads to ${to}`, machine };
      }
    }
  }
}

type Guard = (args: { context: JobContext; event: JobEvent }, params: undefined) => boolean;

function* conditionMutants(): Generator<Mutant> {
  for (const name of CONDITION_NAMES) {
    const original = jobMachine.implementations.guards[name] as unknown as Guard;
    const faults: Record<string, Guard> = {
      'always true': () => true,
      'always false': () => false,
      'the other way round': (args, params) => !original(args, params),
    };
    for (const [fault, guard] of Object.entries(faults)) {
      yield {
        name: `condition ${name}: ${fault}`,
        machine: jobMachine.provide({ guards: { [name]: guard } }),
      };
    }
  }
}

type Assignment = (args: { context: JobContext; event: JobEvent }) => Record<string, unknown>;
const EVENTS = flat(eventsAt(1));

/** Every key that the action ever writes. Fed with events that are not its own it may write nonsense, or throw. */
function keysWrittenBy(assignment: Assignment): string[] {
  const keys = EVENTS.flatMap((event) => {
    try {
      return Object.keys(assignment({ context: WORN, event }));
    } catch {
      return [];
    }
  });
  return [...new Set(keys)];
}

const spoilt = (value: unknown): unknown => (typeof value === 'number' ? value + 1 : value === null ? 1 : null);
const without = (written: Record<string, unknown>, key: string) =>
  Object.fromEntries(Object.entries(written).filter(([name]) => name !== key));

/** Each action, with one key of what it writes forgotten, spoilt, or one key written that is none of its own. */
function* actionMutants(): Generator<Mutant> {
  for (const name of ACTIONS) {
    const { assignment } = jobMachine.implementations.actions[name as never] as unknown as { assignment: Assignment };
    const keys = keysWrittenBy(assignment);
    for (const key of Object.keys(WORN)) {
      const faults: Record<string, Assignment> = keys.includes(key)
        ? {
            forgets: (args) => without(assignment(args), key),
            spoils: (args) => ({ ...assignment(args), [key]: spoilt(assignment(args)[key]) }),
          }
        : { 'also changes': (args) => ({ ...assignment(args), [key]: spoilt(args.context[key as keyof JobContext]) }) };
      for (const [fault, faulty] of Object.entries(faults)) {
        const actions = { [name]: assign(faulty as never) } as never;
        yield { name: `action ${name} ${fault} ${key}`, machine: jobMachine.provide({ actions }) };
      }
    }
  }
}

function* stateMutants(): Generator<Mutant> {
  for (const place of PLACE_NAMES) {
    const path = place.split('.');
    const faults: [string, Node][] = [
      ...['waiting', 'working', 'parked', 'final'].map((tags): [string, Node] => [`tagged ${tags}`, { tags }]),
      ['a timer', { after: { 1000: '#job.failed' } }],
      ['a move of its own', { always: '#job.failed' }],
      ['an action at entry', { entry: 'comeDue' }],
      ['an action at exit', { exit: 'comeDue' }],
    ];
    for (const [fault, change] of faults) {
      if (change['tags'] === PLACES[place]) continue;
      const machine = rewritten((root) => Object.assign(nodeAt(root, path), change));
      yield { name: `${place}: ${fault}`, machine };
    }
  }
  for (const path of [[], ['awaiting_verify'], ['cleanup_eligible']]) {
    for (const initial of Object.keys(nodeAt(ROOT, path).states!)) {
      if (initial === nodeAt(ROOT, path)['initial']) continue;
      const machine = rewritten((root) => Object.assign(nodeAt(root, path), { initial }));
      yield { name: `${path.join('.')}: begins in ${initial}`, machine };
    }
  }
}

function* newJobMutants(): Generator<Mutant> {
  const original = jobMachine.config.context as unknown as Assignment;
  for (const key of Object.keys(WORN)) {
    const context: Assignment = (args) => ({ ...original(args), [key]: spoilt(original(args)[key]) });
    yield { name: `a new job with another ${key}`, machine: rewritten((root) => Object.assign(root, { context })) };
  }
}

export const MUTANTS = {
  'arrows altered': arrowMutants,
  'arrows added': addedArrowMutants,
  'conditions wrong': conditionMutants,
  'actions wrong': actionMutants,
  'states wrong': stateMutants,
  'new jobs wrong': newJobMutants,
};
