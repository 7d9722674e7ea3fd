import type { WorkOrder } from '../engine/job-task.js';
import { readableRecord } from '../run/record/seal-mark.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { isOurs, readHistory, sealedBy, sha256Of } from '../verify/nas-history.js';
import type { SceneFacts } from './interlocks/observations.js';
import { leftByUs } from './remove-run.js';

/** Whose manifest and record the target holds now. */
export async function sealOnTarget(ask: WorkOrder, proof: DeletionProof): Promise<SceneFacts['seal']> {
  const { job, bay, engine, signal } = ask;
  // Cut off after the run folder itself was deleted: there is nothing left that a deletion could lose.
  if (await leftByUs(ask, proof)) return 'current';
  const history = await readHistory(bay.transport, job.targetPath, signal);
  const { manifest, mark } = history;
  if (!isOurs(history, await engine.store.seals.known(job.jobId))) {
    return { foreign: `the NAS holds a version that this queue never proved (${sealedBy(mark)})` };
  }
  const { proofId, manifestSha256 } = proof.proof;
  const whole = manifest !== null && sha256Of(manifest) === manifestSha256 && readableRecord(history.record) !== null;
  // Earlier releases left no mark.
  return whole && (mark === null || mark.pass === proofId) ? 'current' : 'damaged';
}
