import { placeOf } from '../config/equipment.js';
import { blockingOf, judge, noteVerdict } from '../gate/gate.js';
import type { Finding, Validator } from '../gate/validator.js';
import type { Job } from '../persistence/job.js';
import type { FileEntry, RunWalk } from '../run/entry.js';
import { walkRun } from '../run/walk.js';
import { DigestBook } from '../verify/digest-book.js';
import { filesOf, shapeOf, someOf } from '../verify/local-state.js';
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
  if (existing !== null && existing.state !== 'failed') {
    return { runPath, job: await requeueIfChanged(engine, existing) };
  }
  const verdict = await judge(runPath, validator);
  await noteVerdict(runPath, verdict);
  if (!verdict.eligible) return { runPath, job: null, blockingFindings: blockingOf(verdict.findings) };
  if (existing !== null) return { runPath, job: await rearm(engine, existing) };

  const { nasRoot } = place.equipment;
  const { job, created } = await engine.store.jobs.add({
    runPath,
    equipmentId: place.equipment.id,
    targetPath: place.relativePath,
    nasPath: verdict.record?.nasPath ?? (nasRoot === null ? null : `${nasRoot}/${place.relativePath}`),
    at: engine.clock.now(),
  });
  if (created) announce(engine, job, 'enqueued', 'none');
  return { runPath, job };
}

async function rearm(engine: Engine, job: Job): Promise<Job> {
  const advanced = await engine.store.jobs.advance(job.jobId, {
    type: 'retried',
    at: engine.clock.now(),
    reason: 'enqueued again',
  });
  if (advanced.changed) announce(engine, advanced.job, 'retried', advanced.from);
  return advanced.job;
}

async function requeueIfChanged(engine: Engine, job: Job): Promise<Job> {
  if (job.state !== 'verified') return job;
  const walk = await walkRun(job.runPath);
  const book = await DigestBook.open(job.jobId, engine.store.digests);
  const unread = filesOf(walk).filter((file) => book.sha256Of(file) === null);
  const pass = (await engine.store.proofs.passes(job.jobId)).at(-1);
  const reason = newsOf(walk, unread, pass?.shapeSha256 ?? null);
  if (reason === null) return job;
  const advanced = await engine.store.jobs.advance(job.jobId, { type: 'run.changed', at: engine.clock.now(), reason });
  if (advanced.changed) announce(engine, advanced.job, 'run.changed', advanced.from);
  return advanced.job;
}

/** What the newest proof does not know of: files, or what only has a name. */
function newsOf(walk: RunWalk, unread: readonly FileEntry[], provenShape: string | null): string | null {
  if (unread.length > 0) return `new or changed: ${someOf(unread.map((file) => file.path))}`;
  if (walk.refused.length > 0) return `not on the NAS: ${someOf(walk.refused.map((refusal) => refusal.path))}`;
  return shapeOf(walk) === provenShape ? null : 'new or changed: folders or links';
}
