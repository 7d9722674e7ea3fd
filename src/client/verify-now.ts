import { checkProof, proofOf } from '../proof/index.js';
import type { Engine } from '../scheduler/engine.js';
import { forceVerify, type VerifyResult } from '../scheduler/force-verify.js';
import { requireJob } from './find-job.js';

/** Both sides; of a cleaned run its proof and the NAS. */
export async function verifyNow(engine: Engine, jobIdOrRunPath: string, signal: AbortSignal): Promise<VerifyResult> {
  const job = await requireJob(engine, jobIdOrRunPath);
  if (job.state !== 'cleaned') return forceVerify(engine, job, signal);
  return checkProof(engine, await proofOf(engine, job), { run: undefined, signal });
}
