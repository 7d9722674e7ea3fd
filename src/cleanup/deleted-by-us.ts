import type { WorkOrder } from '../engine/job-task.js';
import { NasSyncError } from '../errors.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { parseRecord } from '../run/record/record-text.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { nothingLeft } from './remove-run.js';

/**
 * Whether a run that is not here left by our own hand, as after a deletion that was cut off at its very end. The NAS is
 * told before the last of it goes; a run that somebody moved away, or whose disk is not mounted, was never told of.
 */
export async function leftByUs({ job, context, bay, signal }: WorkOrder, proof: DeletionProof): Promise<boolean> {
  const [someFile] = proof.files.values();
  if (context.releasing === null || !(await nothingLeft(job.runPath, someFile?.dev))) return false;
  const path = `${job.targetPath}/${RECORD_PATH}`;
  try {
    const record = await bay.transport.readMeta(path, signal);
    if (record === null) return false;
    return parseRecord(Buffer.from(record).toString('utf8'), path).syncStatus === 'cleaned';
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof NasSyncError) return false;
    throw error;
  }
}
