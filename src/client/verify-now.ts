import { createHash } from 'node:crypto';
import { releasedOf } from '../cleanup/deletion-progress.js';
import { canonicalRun } from '../config/canonical-path.js';
import { placeOf } from '../config/equipment.js';
import { bayOf, type Engine } from '../engine/engine.js';
import { reporter } from '../engine/progress.js';
import { NasSyncError } from '../errors.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import type { Store } from '../persistence/store.js';
import { checkProof, proofOf } from '../proof/index.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { damageOf } from '../scheduler/stages/evaluate.js';
import { meetTarget } from '../transports/target-identity.js';
import type { Transport } from '../transports/transport.js';
import { isSame, type VerifyResult } from '../verify/compare.js';
import { DigestBook } from '../verify/digest-cache.js';
import { runPass } from '../verify/pass.js';
import { findJob } from './jobs.js';

/** Both sides; of a cleaned run its proof and the NAS; of a run without a job, what is here and what is in its place. */
export async function verifyNow(engine: Engine, jobIdOrRunPath: string, signal: AbortSignal): Promise<VerifyResult> {
  const job = await findJob(engine, jobIdOrRunPath);
  if (job === null) return forceVerify(engine, await withoutJob(engine, jobIdOrRunPath), signal);
  if (job.state !== 'cleaned') return forceVerify(engine, job, signal);
  return checkProof(engine, await proofOf(engine, job), { run: undefined, signal });
}

/** The next pass is due now; with `damage`, the reason is shown as what is wrong with the NAS copy. */
export const passDue =
  (reason: string, damage: boolean) =>
  (at: number): JobEvent => ({ type: 'pass.due', at, reason, ...(damage && { damage: damageOf(reason) }) });

/** @throws NasSyncError `run_not_found`, `run_outside_roots` */
async function withoutJob(engine: Engine, path: string): Promise<RunToVerify> {
  const runPath = await canonicalRun(path);
  const { equipment, relativePath } = placeOf(engine.config, runPath);
  return { jobId: `verify:${runPath}`, runPath, equipmentId: equipment.id, targetPath: relativePath, context: null };
}

/** A run and its place; `context` is `null` for one without a job, of which no proof is known. */
export type RunToVerify = Pick<Job, 'jobId' | 'runPath' | 'equipmentId' | 'targetPath' | 'context'>;

/**
 * Compares both sides now, and changes nothing: not the job, not the NAS, not what is remembered.
 * @throws NasSyncError `network` where the target does not answer, `wrong_target`, `job_busy` where the run changes
 */
async function forceVerify(engine: Engine, job: RunToVerify, signal: AbortSignal): Promise<VerifyResult> {
  const bay = bayOf(engine, job.equipmentId);
  const closed = await meetTarget(bay.transport, engine.store.targets, engine.clock.now(), signal, { imprint: false });
  if (closed !== null) throw new NasSyncError('network', closed.measured);
  const book = await DigestBook.open(job.jobId, engine.store.digests, await bay.transport.hashName(signal));
  const { jobId, runPath } = job;
  let report: ReturnType<typeof reporter> | null = null;
  const pass = await runPass({
    runPath,
    ...(await releasedOf(engine, job)),
    target: job.targetPath,
    transport: bay.transport,
    links: bay.equipment.transport.links,
    names: bay.names,
    book: book.unsavedCopy(),
    pool: engine.pool,
    signal,
    unread: 'read',
    onStart: (total) => (report = reporter({ job, engine }, 'verify', total)),
    onProgress: (progress) => report?.(progress),
  }).finally(() => engine.events.emit({ type: 'work.ended', at: engine.clock.now(), jobId }));
  if (pass.outcome === 'changed') {
    throw new NasSyncError('job_busy', `${runPath} is being written to (${pass.reason}); verify it when it rests`);
  }
  const { walk, evidence } = pass.sides;
  const { comparison } = pass;
  const seal = await brokenSeal(job, engine.store, bay.transport, signal);
  return {
    runPath,
    ok: isSame(comparison) && seal.missing.length === 0 && seal.mismatched.length === 0,
    evidence,
    mismatched: [...comparison.mismatched, ...seal.mismatched],
    missing: [...comparison.missing, ...seal.missing],
    extra: comparison.extra,
    ...(comparison.volatile.length > 0 && { volatile: comparison.volatile }),
    files: walk.files,
    bytes: walk.bytes,
  };
}

/** What is wrong with the files that let the NAS copy explain itself; a job that was never proven has none there. */
async function brokenSeal(
  { context, jobId, targetPath }: RunToVerify,
  { proofs }: Store,
  transport: Transport,
  signal: AbortSignal,
): Promise<{ missing: string[]; mismatched: string[] }> {
  if (context?.proof == null) return { missing: [], mismatched: [] };
  const manifest = await transport.readMeta(`${targetPath}/${MANIFEST_PATH}`, signal);
  const record = await transport.readMeta(`${targetPath}/${RECORD_PATH}`, signal);
  const sealed = (await proofs.passes(jobId)).at(-1)?.manifestSha256;
  const intact = manifest === null || createHash('sha256').update(manifest).digest('hex') === sealed;
  return {
    missing: [...(manifest === null ? [MANIFEST_PATH] : []), ...(record === null ? [RECORD_PATH] : [])],
    mismatched: intact ? [] : [MANIFEST_PATH],
  };
}
