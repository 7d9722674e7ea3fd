import { canonicalRun } from '../config/canonical-path.js';
import { placeOf } from '../config/equipment.js';
import type { Engine } from '../engine/engine.js';
import type { JobEvent } from '../machines/job-types.js';
import { checkProof, proofOf } from '../proof/index.js';
import { damageOf } from '../scheduler/stages/evaluate.js';
import type { VerifyResult } from '../verify/compare.js';
import { forceVerify, type RunToVerify } from './force-verify.js';
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
