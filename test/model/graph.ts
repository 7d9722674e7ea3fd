import { createTestModel } from 'xstate/graph';
import { jobMachine } from '#dist/machines/job-machine.js';
import type { JobEvent } from '#dist/machines/job-types.js';
import type { JobSnapshot } from '#dist/machines/restore.js';
import { nameOf, placeOf, rowTaken } from './oracle.js';
import { basicEventsAt, flat, STEP_MS } from './samples.js';

const EVENTS = flat(basicEventsAt(0));
/** Many times what is needed: a counter that got into the key makes the traversal throw, not run for ever. */
const LIMIT = 50_000;

/** From a new job, one event a step, to a transition. */
export interface Way {
  /** The name of the row that the last step takes. */
  readonly ends: string;
  readonly events: JobEvent[];
}

const nameOfStep = (before: JobSnapshot | undefined, event: JobEvent | undefined): string => {
  const row = before === undefined || event === undefined ? null : rowTaken(placeOf(before), before.context, event);
  return row === null ? 'a new job' : nameOf(row);
};

/**
 * A state counts as another when it was entered by another row, or when the counters differ that conditions turn on.
 * By state alone the shortest paths would cover the states and leave out half of the transitions.
 */
function keyOf(snapshot: JobSnapshot, event: JobEvent | undefined, before: JobSnapshot | undefined): string {
  const { attempts, mismatches, interruptions } = snapshot.context;
  return `${nameOfStep(before, event)} @ ${attempts}/${mismatches}/${interruptions}`;
}

const model = createTestModel(jobMachine, {
  events: EVENTS,
  serializeState: keyOf,
  filterEvents: (snapshot, event) => rowTaken(placeOf(snapshot), snapshot.context, event) !== null,
  limit: LIMIT,
});

/** The same events at times that rise step by step: every delay of the samples is over by the next step. */
const retimed = (events: readonly JobEvent[]): JobEvent[] =>
  events.map((event, index) => flat(basicEventsAt((index + 1) * STEP_MS))[EVENTS.indexOf(event)]!);

/** The shortest way to each transition, again for each count of failures with which it can be met; shortest first. */
export function waysThroughTheMachine(): Way[] {
  const paths = model.getShortestPaths({ allowDuplicatePaths: true });
  return paths
    .map(({ steps }) => {
      const events = steps.slice(1).map(({ event }) => event);
      return { ends: nameOfStep(steps.at(-2)?.state, events.at(-1)), events: retimed(events) };
    })
    .sort((a, b) => a.events.length - b.events.length);
}
