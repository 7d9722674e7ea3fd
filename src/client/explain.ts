import { isoTime } from '../clock.js';
import type { Engine } from '../engine/engine.js';
import { blockingOf, judge } from '../gate/gate.js';
import type { Finding, Validator } from '../gate/validator.js';
import { sayingOf } from '../machines/accepted-events.js';
import type { Job } from '../persistence/job.js';
import { deletionOf, NOT_QUEUED, type DeletionView } from './deletion-view.js';
import { placed } from './gate.js';
import { blockedView, type BlockedView, type JobView } from './job-view.js';
import { findJob } from './jobs.js';
import { nextOfJob, nextOfRefused, type NextEvent } from './next-events.js';
import { loosenedText } from './policy-notice.js';
import { withRecord } from './record-mismatch.js';
import { removedView, type RemovedView } from './removed-view.js';

/** A run that has no job, though the gate would let it have one. */
export interface NoJobView extends Omit<BlockedView, 'state'> {
  readonly state: 'none';
}

/** Why a run is where it is, what would move it, and what stands between it and deletion. */
export interface Explanation {
  readonly job: JobView | BlockedView | NoJobView;
  /** One line. */
  readonly because: string;
  readonly next: readonly NextEvent[];
  readonly deletion: DeletionView;
  /** What left the run before its deletion began, oldest first; not there for a run without a job. */
  readonly removed?: readonly RemovedView[];
}

/** Of a run without a job, what the gate says. */
export async function explain(
  engine: Engine,
  jobIdOrRunPath: string,
  viewOf: (job: Job) => JobView,
  signal: AbortSignal,
): Promise<Explanation> {
  const job = await findJob(engine, jobIdOrRunPath);
  if (job === null) return explainRun(engine, engine.validator, jobIdOrRunPath);
  return explainJob(engine, job, await withRecord(job, viewOf(job)), signal);
}

async function explainJob(engine: Engine, job: Job, view: JobView, signal: AbortSignal): Promise<Explanation> {
  const inTheWay = await laneMate(engine, job);
  const now = engine.clock.now();
  return {
    job: view,
    because: [becauseOf(job, view, now, inTheWay), ...policyNote(engine, job)].join('; '),
    next: nextOfJob(job, view, now, inTheWay),
    deletion: await deletionOf(engine, job, signal),
    removed: (await engine.store.removals.list(job.jobId)).map(removedView),
  };
}

/** @throws NasSyncError `run_not_found`, `run_outside_roots` */
async function explainRun(engine: Engine, validator: Validator, path: string): Promise<Explanation> {
  const run = await placed(engine, path);
  const verdict = await judge(run, { validator, clock: engine.clock });
  const blocking = blockingOf(verdict.findings);
  const blocked = blockedView(run.runPath, blocking);
  return {
    job: verdict.eligible ? { ...blocked, state: 'none' } : blocked,
    because: verdict.eligible ? 'it is not in the queue, and the gate would let it in' : refusal(blocking),
    next: nextOfRefused(run.runPath, blocking),
    deletion: NOT_QUEUED,
  };
}

const RESTS_ON_A_PROOF: ReadonlySet<string> = new Set(['verified', 'cleanup_eligible']);

function policyNote({ policies }: Engine, { equipmentId, state }: Job): string[] {
  const changes = RESTS_ON_A_PROOF.has(state) ? policies.loosenedFor(equipmentId) : [];
  return changes.length === 0 ? [] : [loosenedText([{ equipmentId, changes }])];
}

/** The run that the equipment works on meanwhile, or `null`: one runs at a time. */
async function laneMate({ store }: Engine, job: Job): Promise<string | null> {
  const mates = await store.jobs.list({
    equipmentIds: [job.equipmentId],
    states: ['running', 'awaiting_verify', 'cleanup_eligible'],
  });
  const working = mates.find(({ jobId, leaseOwner }) => jobId !== job.jobId && leaseOwner !== null);
  return working?.runPath ?? null;
}

function becauseOf(job: Job, view: JobView, now: number, inTheWay: string | null): string {
  const { lastError, nextAttemptAt } = view;
  const saying = sayingOf(job.state, job.phase);
  if (job.state === 'failed' && lastError !== null) return `${lastError.kind}: ${lastError.message}`;
  const unmet = view.waitingFor.filter((wait) => !wait.ok).map((wait) => wait.measured);
  const error = lastError === null ? [] : [`after ${lastError.kind}: ${lastError.message}`];
  const isDamaged = view.waitingFor.some(({ name, ok }) => name === 'target_unchanged' && !ok);
  const said = isDamaged ? [...unmet, saying] : [saying, ...unmet];
  if (nextAttemptAt === null) return said.join('; ');
  const later = Date.parse(nextAttemptAt) > now ? [`not before ${isoTime(Date.parse(nextAttemptAt))}`] : [];
  const lane = inTheWay === null ? [] : [`its equipment is at work on ${inTheWay}`];
  return [...said, ...later, ...error, ...lane].join('; ');
}

function refusal(blocking: readonly Finding[]): string {
  const rules = [...new Set(blocking.map(({ rule }) => rule))].join(', ');
  return `the gate refuses it for ${blocking.length === 1 ? 'one finding' : `${blocking.length} findings`} (${rules})`;
}
