import { jobMachine } from './job-machine.js';
import type { JobEventType, JobPhase, JobState } from './job-types.js';

type Place = readonly [JobState, JobPhase | null];

/** The events that a state knows, those of its phase first. Whether a guard lets them through is another matter. */
export const knownEvents = (...place: Place): readonly JobEventType[] => [
  ...new Set(nodesOf(place).flatMap((node) => node.ownEvents as JobEventType[])),
];

/** What goes on in a state, in a few words. */
export const sayingOf = (...place: Place): string =>
  nodesOf(place).flatMap((node) => (node.meta as { says?: string } | undefined)?.says ?? [])[0] ?? place[0];

/** Innermost first. */
function nodesOf([state, phase]: Place) {
  const outer = jobMachine.root.states[state];
  if (outer === undefined) return [];
  const inner = phase === null ? undefined : (outer.states as Partial<Record<string, typeof outer>>)[phase];
  return inner === undefined ? [outer] : [inner, outer];
}
