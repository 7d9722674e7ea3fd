import { createStore } from '@xstate/store';
import type { EngineEvent, PolicyChange, WorkPhase } from '../events.js';

/** A job's progress as it is now. Rates are bytes per second, the ETA is in seconds; `null` until they are known. */
export interface LiveJob {
  readonly jobId: string;
  readonly runPath: string;
  readonly equipmentId: string;
  /** `awaiting_verify.verifying`, as the journal says it; empty for a job that has not moved here. */
  readonly place: string;
  readonly because: string | null;
  readonly work: LiveWork | null;
  readonly changedAt: number;
}

export interface LiveWork {
  readonly phase: WorkPhase;
  readonly startedAt: number;
  readonly totalFiles: number;
  readonly totalBytes: number;
  readonly files: number;
  readonly bytes: number;
  readonly currentFile: string | null;
  readonly rate: number | null;
  readonly eta: number | null;
  readonly sampledAt: number;
}

export interface LiveLane {
  readonly equipmentId: string;
  readonly state: 'idle' | 'working' | 'closed';
  readonly because: string | null;
}

export interface LiveContext {
  readonly jobs: Readonly<Record<string, LiveJob>>;
  readonly lanes: Readonly<Record<string, LiveLane>>;
  /** By equipment: in what the configured cleanup policy permits more than was accepted. */
  readonly loosened: Readonly<Record<string, readonly PolicyChange[]>>;
}

const NOTHING_YET: LiveContext = { jobs: {}, lanes: {}, loosened: {} };

type EventOf<T extends EngineEvent['type']> = Omit<Extract<EngineEvent, { type: T }>, 'type'>;

/** Jobs at rest that are remembered; the store is a view of now, not a history. */
const MOST_AT_REST = 200;
/** Weight of the newest sample in the rate: about the last ten samples count. */
const NEWEST_WEIGHT = 0.2;

/** A projection of the engine's events: fed by them alone, bounded, and never asked by the engine. */
export function createLiveStore() {
  return createStore({
    context: NOTHING_YET,
    on: {
      transition: (context, event: EventOf<'transition'>) => withJob(context, transitioned(context, event)),
      'work.started': (context, event: EventOf<'work.started'>) =>
        withJob(context, { ...(context.jobs[event.jobId] ?? stranger(event)), work: begun(event) }),
      'work.progress': (context, event: EventOf<'work.progress'>) =>
        withWork(context, event.jobId, (work) => (work === null ? null : moved(work, event))),
      'work.ended': (context, event: EventOf<'work.ended'>) => withWork(context, event.jobId, () => null),
      lane: (context, { equipmentId, state, because }: EventOf<'lane'>) => ({
        ...context,
        lanes: { ...context.lanes, [equipmentId]: { equipmentId, state, because } },
      }),
      'policy.loosened': (context, { equipmentId, changes }: EventOf<'policy.loosened'>) => ({
        ...context,
        loosened: { ...context.loosened, [equipmentId]: changes },
      }),
      'policy.accepted': (context, { equipmentId }: EventOf<'policy.accepted'>) => ({
        ...context,
        loosened: Object.fromEntries(Object.entries(context.loosened).filter(([id]) => id !== equipmentId)),
      }),
    },
  });
}

export type LiveStore = ReturnType<typeof createLiveStore>;

function transitioned(context: LiveContext, event: EventOf<'transition'>): LiveJob {
  return {
    jobId: event.jobId,
    runPath: event.runPath,
    equipmentId: event.equipmentId,
    place: event.to,
    because: event.because,
    work: context.jobs[event.jobId]?.work ?? null,
    changedAt: event.at,
  };
}

/** A job that no transition was heard of: a pass on demand moves nothing. */
const stranger = (event: EventOf<'work.started'>): LiveJob => ({
  jobId: event.jobId,
  runPath: event.runPath,
  equipmentId: event.equipmentId,
  place: '',
  because: null,
  work: null,
  changedAt: event.at,
});

const begun = (event: EventOf<'work.started'>): LiveWork => ({
  phase: event.phase,
  startedAt: event.at,
  totalFiles: event.totalFiles,
  totalBytes: event.totalBytes,
  files: 0,
  bytes: 0,
  currentFile: null,
  rate: null,
  eta: null,
  sampledAt: event.at,
});

function moved(work: LiveWork, event: EventOf<'work.progress'>): LiveWork {
  const seconds = (event.at - work.sampledAt) / 1000;
  const rate = seconds > 0 ? smoothed(work.rate, (event.bytes - work.bytes) / seconds) : work.rate;
  const left = Math.max(0, work.totalBytes - event.bytes);
  return {
    ...work,
    files: event.files,
    bytes: event.bytes,
    currentFile: event.currentFile,
    rate,
    eta: rate === null || rate <= 0 ? null : left / rate,
    sampledAt: event.at,
  };
}

const smoothed = (before: number | null, now: number): number =>
  before === null ? now : before * (1 - NEWEST_WEIGHT) + now * NEWEST_WEIGHT;

function withWork(
  context: LiveContext,
  jobId: string,
  change: (work: LiveWork | null) => LiveWork | null,
): LiveContext {
  const job = context.jobs[jobId];
  return job === undefined ? context : withJob(context, { ...job, work: change(job.work) });
}

function withJob(context: LiveContext, job: LiveJob): LiveContext {
  return { ...context, jobs: bounded({ ...context.jobs, [job.jobId]: job }) };
}

function bounded(jobs: Record<string, LiveJob>): Record<string, LiveJob> {
  const atRest = Object.values(jobs).filter((job) => job.work === null);
  const surplus = atRest.length - MOST_AT_REST;
  if (surplus <= 0) return jobs;
  const oldest = new Set(
    atRest
      .sort((a, b) => a.changedAt - b.changedAt)
      .slice(0, surplus)
      .map((job) => job.jobId),
  );
  return Object.fromEntries(Object.entries(jobs).filter(([jobId]) => !oldest.has(jobId)));
}
