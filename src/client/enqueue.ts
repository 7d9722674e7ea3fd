import { canonicalRun } from '../config/canonical-path.js';
import { placeOf, type Place } from '../config/equipment.js';
import { announce } from '../engine/emit-transition.js';
import { namesOf, type Engine } from '../engine/engine.js';
import { recordHere } from '../engine/prior-proof.js';
import { blockingOf, judge, noteVerdict } from '../gate/gate.js';
import type { Finding, Validator } from '../gate/validator.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { undoFuture } from '../scheduler/reset-future-delays.js';
import { newsOf } from './changes-since-proof.js';
import { beforeQueue } from './check-before-enqueue.js';

export type Enqueued =
  | { readonly runPath: string; readonly job: Job }
  | { readonly runPath: string; readonly job: null; readonly blockingFindings: readonly Finding[] };

/**
 * Gate first, then a queued job. A run that has a job keeps it: a failed one is re-armed, a proven one starts anew if the
 * run has new data, any other stays as it is.
 * @throws NasSyncError `run_not_found`, `run_outside_roots`, `record_busy`, `not_allowed` for new data in a cleaned run, and
 * for a run that left, or is not whole, by what its record and manifest say
 */
export async function enqueueRun(
  engine: Engine,
  validator: Validator,
  path: string,
  mayLack?: (path: string) => boolean,
): Promise<Enqueued> {
  const runPath = await canonicalRun(path);
  const place = placeOf(engine.config, runPath);
  const existing = await engine.store.jobs.find(runPath);
  if (existing === null || (await isOlder(existing))) await requireAsProven(engine, place, runPath, mayLack);
  const news = existing === null ? null : await newsOf(engine, existing);
  const moves = existing === null || existing.state === 'failed' || news !== null;
  if (!moves) return { runPath, job: await dueInTime(engine, existing) };

  const { id, localRoot: root } = place.equipment;
  const judged = await judge({ runPath, root, names: namesOf(engine, id) }, { validator, clock: engine.clock });
  const verdict = await noteVerdict(runPath, judged, engine.clock);
  for (const warning of verdict.warnings) engine.logger.warn({ runPath }, warning);
  if (!verdict.eligible) return { runPath, job: null, blockingFindings: blockingOf(verdict.findings) };
  if (existing !== null) return { runPath, job: await requeue(engine, existing, news) };
  return { runPath, job: await addJob(engine, runPath, place, verdict.record?.nasPath ?? null) };
}

async function dueInTime(engine: Engine, job: Job): Promise<Job> {
  if (!(await undoFuture(engine, { jobId: job.jobId }))) return job;
  return (await engine.store.jobs.find(job.jobId)) ?? job;
}

async function requireAsProven(
  engine: Engine,
  place: Place,
  runPath: string,
  mayLack?: (path: string) => boolean,
): Promise<void> {
  const before = await beforeQueue(engine, runPath, place, mayLack);
  if (before !== null) throw before.error;
}

/** A row from a backup may know less than the record. One that has an intent of its own knows why files are gone. */
const isOlder = async ({ state, context, runPath }: Job): Promise<boolean> =>
  state !== 'cleaned' && context?.releasing === null && (await recordHere(runPath))?.syncStatus === 'cleaned';

async function addJob(engine: Engine, runPath: string, place: Place, nasPath: string | null): Promise<Job> {
  const { nasRoot } = place.equipment;
  const { job, created } = await engine.store.jobs.add({
    runPath,
    equipmentId: place.equipment.id,
    targetPlace: engine.bays.get(place.equipment.id)?.transport.place ?? '',
    targetPath: place.relativePath,
    nasPath: nasPath ?? (nasRoot === null ? null : `${nasRoot}/${place.relativePath}`),
    at: engine.clock.now(),
  });
  if (created) announce(engine, job, 'enqueued', 'none');
  return job;
}

async function requeue(engine: Engine, job: Job, news: string | null): Promise<Job> {
  const at = engine.clock.now();
  const event: JobEvent =
    news === null ? { type: 'retried', at, reason: 'enqueued again' } : { type: 'run.changed', at, reason: news };
  const advanced = await engine.store.jobs.advance(job.jobId, event);
  if (advanced.changed) announce(engine, advanced.job, event.type, advanced.from);
  return advanced.job;
}
