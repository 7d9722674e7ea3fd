import { initialTransition, transition, type SnapshotFrom } from 'xstate';
import { jobMachine } from './job-machine.js';
import {
  JOB_STATES,
  type JobContext,
  type JobEvent,
  type JobInput,
  type JobPhase,
  type JobState,
} from './job-types.js';

export type JobSnapshot = SnapshotFrom<typeof jobMachine>;

/** Raised whenever a stored snapshot of the last release could not be read by this one; each rise needs a migrator. */
export const MACHINE_VERSION = 1;

/** What is stored: JSON, next to the version of the machine that wrote it. */
export interface StoredSnapshot {
  readonly version: number;
  readonly snapshot: string;
}

export type Restored =
  { readonly ok: true; readonly snapshot: JobSnapshot } | { readonly ok: false; readonly why: string };

/** A migrator turns the parsed snapshot of version N into one of version N + 1. No version but 1 was released yet. */
const migrators: Readonly<Record<number, (snapshot: unknown) => unknown>> = {};

export const firstSnapshot = (input: JobInput): JobSnapshot => initialTransition(jobMachine, input)[0];

/** The next snapshot, or the same reference where the state does not know the event. */
export const advance = (snapshot: JobSnapshot, event: JobEvent): JobSnapshot =>
  transition(jobMachine, snapshot, event)[0];

export const dehydrate = (snapshot: JobSnapshot): StoredSnapshot => ({
  version: MACHINE_VERSION,
  snapshot: JSON.stringify({ value: snapshot.value, context: snapshot.context }),
});

/** Reads a stored snapshot. Never throws: what cannot be read is for a person, and must not stop the other jobs. */
export function restore(stored: StoredSnapshot): Restored {
  if (stored.version > MACHINE_VERSION) {
    return { ok: false, why: `written by machine version ${stored.version}; this release knows ${MACHINE_VERSION}` };
  }
  try {
    const parsed = migrate(JSON.parse(stored.snapshot), stored.version);
    const problem = problemOf(parsed);
    if (problem !== null) return { ok: false, why: problem };
    const { value, context } = parsed as { value: JobSnapshot['value']; context: JobContext };
    return { ok: true, snapshot: jobMachine.resolveState({ value, context }) };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : String(error) };
  }
}

/** Every snapshot of the journal's events in turn, from the first; the last is what the store must hold. */
export function replay(input: JobInput, events: readonly JobEvent[]): JobSnapshot {
  return events.reduce(advance, firstSnapshot(input));
}

export function publicState(snapshot: JobSnapshot): { state: JobState; phase: JobPhase | null } {
  const { value } = snapshot;
  if (typeof value === 'string') return { state: value, phase: null };
  for (const state of JOB_STATES) {
    const phase = (value as Partial<Record<JobState, JobPhase>>)[state];
    if (phase !== undefined) return { state, phase };
  }
  throw new Error(`the machine is in no public state: ${JSON.stringify(value)}`);
}

function migrate(parsed: unknown, from: number): unknown {
  let snapshot = parsed;
  for (let version = from; version < MACHINE_VERSION; version += 1) {
    const step = migrators[version];
    if (step === undefined) throw new Error(`no migrator from machine version ${version}`);
    snapshot = step(snapshot);
  }
  return snapshot;
}

type Check = (value: unknown) => boolean;

const isCount: Check = (value) => Number.isSafeInteger(value) && (value as number) >= 0;
const isTime: Check = (value) => Number.isFinite(value);
const isText: Check = (value) => typeof value === 'string';
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const shaped =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    misshapen(value, shape) === null;

/** The first key of the shape that the value lacks or has in another form, or `null`. */
function misshapen(value: unknown, shape: Readonly<Record<string, Check>>): string | null {
  const keys = Object.keys(shape);
  if (typeof value !== 'object' || value === null) return keys[0] ?? '';
  const wrong = keys.find((key) => shape[key]?.((value as Record<string, unknown>)[key]) !== true);
  return wrong ?? null;
}

/** XState restores a context with missing keys without a word; the arithmetic on it would then give NaN. */
const contextShape: Readonly<Record<keyof JobContext, Check>> = {
  generation: isCount,
  attempts: isCount,
  mismatches: isCount,
  interruptions: isCount,
  verifyPasses: isCount,
  dueAt: orNull(isTime),
  waitingFor: listOf(shaped({ name: isText, measured: isText, required: isText, until: orNull(isTime) })),
  lastError: orNull(shaped({ kind: isText, message: isText, at: isTime })),
  lastAttemptAt: orNull(isTime),
  verifiedAt: orNull(isTime),
  cleanedAt: orNull(isTime),
  proof: orNull(
    shaped({
      proofId: isText,
      evidence: isText,
      files: isCount,
      bytes: isCount,
      expiresAt: isTime,
      steadyAt: isTime,
    }),
  ),
  releasing: orNull(isText),
  trashed: orNull(shaped({ at: isTime, steadyAt: isTime })),
};

/** Every value that a snapshot of the machine can have, as JSON. XState would restore some others too. */
const STATE_VALUES: ReadonlySet<string> = new Set(
  Object.values(jobMachine.root.states).flatMap((state) => {
    const phases = Object.keys(state.states);
    return phases.length === 0
      ? [JSON.stringify(state.key)]
      : phases.map((phase) => JSON.stringify({ [state.key]: phase }));
  }),
);

function problemOf(parsed: unknown): string | null {
  if (typeof parsed !== 'object' || parsed === null) return 'the snapshot is no object';
  const { value, context } = parsed as { value?: unknown; context?: unknown };
  if (!STATE_VALUES.has(JSON.stringify(value) ?? ''))
    return `the snapshot names no state of the job: ${JSON.stringify(value) ?? 'none'}`;
  if (typeof context !== 'object' || context === null) return 'the snapshot has no context';
  const wrong = misshapen(context, contextShape);
  return wrong === null ? null : `the context's ${wrong} is missing or of the wrong shape`;
}
