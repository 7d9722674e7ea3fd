import { placeOf, type Place } from '../config/equipment.js';
import { blockingOf, judge, noteVerdict } from '../gate/gate.js';
import type { Finding, Validator } from '../gate/validator.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { shapeOf, shapeSha256 } from '../run/shape.js';
import { walkRun } from '../run/walk.js';
import { DigestBook } from '../verify/digest-book.js';
import { filesOf, someOf } from '../verify/local-state.js';
import { announce } from './announce.js';
import { canonicalRun } from './canonical.js';
import type { Engine } from './engine.js';

export type Enqueued =
  | { readonly runPath: string; readonly job: Job }
  | { readonly runPath: string; readonly job: null; readonly blockingFindings: readonly Finding[] };

/**
 * Gate first, then a queued job. A run that has a job keeps it: a failed one is re-armed, a verified one starts anew if
 * the run has new data, any other stays as it is.
 * @throws NasSyncError `run_not_found`, `run_outside_roots`, `record_busy`
 */
export async function enqueueRun(engine: Engine, validator: Validator, path: string): Promise<Enqueued> {
  const runPath = await canonicalRun(path);
  const place = placeOf(engine.config, runPath);
  const existing = await engine.store.jobs.find(runPath);
  const news = existing?.state === 'verified' ? await newsOf(engine, existing) : null;
  const moves = existing === null || existing.state === 'failed' || news !== null;
  if (!moves) return { runPath, job: existing };

  const root = place.equipment.localRoot;
  const judged = await judge({ runPath, root }, { validator, clock: engine.clock });
  const verdict = await noteVerdict(runPath, judged, engine.clock);
  for (const warning of verdict.warnings) engine.logger.warn({ runPath }, warning);
  if (!verdict.eligible) return { runPath, job: null, blockingFindings: blockingOf(verdict.findings) };
  if (existing !== null) return { runPath, job: await requeue(engine, existing, news) };
  return { runPath, job: await addJob(engine, runPath, place, verdict.record?.nasPath ?? null) };
}

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

/** What a verified run holds that its newest proof does not know of, in words, or `null`. */
async function newsOf(engine: Engine, job: Job): Promise<string | null> {
  const links = engine.bays.get(job.equipmentId)?.equipment.transport.links ?? 'keep';
  const walk = await walkRun(job.runPath, { links });
  if (walk.refused.length > 0) return `not on the NAS: ${someOf(walk.refused.map((refusal) => refusal.path))}`;
  const book = await DigestBook.open(job.jobId, engine.store.digests);
  const unread = filesOf(walk).filter((file) => book.sha256Of(file) === null);
  if (unread.length > 0) return `new or changed: ${someOf(unread.map((file) => file.path))}`;
  const pass = (await engine.store.proofs.passes(job.jobId)).at(-1);
  return shapeSha256(shapeOf(walk.entries)) === pass?.shapeSha256 ? null : 'new or changed: folders or links';
}
