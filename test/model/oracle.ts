import type { JobContext, JobEvent } from '#dist/machines/job-types.js';
import { publicState, type JobSnapshot } from '#dist/machines/restore.js';
import { CONDITIONS, GOLDEN, type Condition, type Place, type Row } from './golden-table.js';

/** What the golden table says, as functions. Nothing here asks the machine. */

type Arrow = Pick<Row, 'from' | 'event' | 'to'> & { readonly condition: string | null };
export const nameOf = ({ from, event, condition, to }: Arrow): string =>
  `${from} --${event}${condition === null ? '' : ` [${condition}]`}--> ${to}`;

type Holds = (job: JobContext, event: JobEvent) => boolean;
export const conditionHolds = (condition: Condition, job: JobContext, event: JobEvent): boolean =>
  (CONDITIONS[condition] as Holds)(job, event);

/** The one row that this event takes from here, or `null` where it must change nothing. */
export function rowTaken(from: Place, job: JobContext, event: JobEvent): Row | null {
  const taken = GOLDEN.filter(
    (row) =>
      row.from === from &&
      row.event === event.type &&
      (row.condition === null || conditionHolds(row.condition, job, event)),
  );
  if (taken.length > 1) throw new Error(`the table is ambiguous: ${taken.map(nameOf).join(' and ')}`);
  return taken[0] ?? null;
}

export const contextAfter = (row: Row, before: JobContext, event: JobEvent): JobContext => ({
  ...before,
  ...row.changes(before, event),
});

/** The keys in which the two differ. A RegExp on the expected side stands for any text that it matches. */
export function differences(expected: JobContext, actual: JobContext): string[] {
  const keys = new Set([...Object.keys(expected), ...Object.keys(actual)]) as Set<keyof JobContext>;
  return [...keys]
    .filter((key) => !matches(expected[key], actual[key]))
    .map((key) => `${key} is ${shown(actual[key])} and not ${shown(expected[key])}`);
}

function matches(expected: unknown, actual: unknown): boolean {
  if (expected instanceof RegExp) return typeof actual === 'string' && expected.test(actual);
  if (typeof expected !== 'object' || expected === null) return Object.is(expected, actual);
  if (typeof actual !== 'object' || actual === null) return false;
  if (Array.isArray(expected) !== Array.isArray(actual)) return false;
  const keys = Object.keys(expected);
  return (
    keys.length === Object.keys(actual).length &&
    keys.every((key) => matches((expected as Loose)[key], (actual as Loose)[key]))
  );
}
type Loose = Record<string, unknown>;

const shown = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) => (part instanceof RegExp ? String(part) : part)) ?? 'undefined';

export function placeOf(snapshot: JobSnapshot): Place {
  const { state, phase } = publicState(snapshot);
  return (phase === null ? state : `${state}.${phase}`) as Place;
}
