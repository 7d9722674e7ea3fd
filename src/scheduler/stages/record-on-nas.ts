import type { WorkOrder } from '../../engine/job-task.js';
import { assertLeased } from '../../engine/lease-guard.js';
import { NasSyncError } from '../../errors.js';
import { RECORD_PATH } from '../../run/record/record-file.js';
import { parseRecord } from '../../run/record/record-text.js';
import { readRecord, type RunRecord, type SyncStatus } from '../../run/record/record.js';
import { rawMarkOf, readableRecord, recordForNas } from '../../run/record/seal-mark.js';
import { put } from '../../verify/seal.js';

/** Writes the run record on the NAS anew, as it is here, with this status; who sealed it stays as it is there. */
export async function sayOnNas(order: WorkOrder, status: SyncStatus): Promise<void> {
  const { job, bay, signal } = order;
  const { transport } = bay;
  const path = `${job.targetPath}/${RECORD_PATH}`;
  const present = await transport.readMeta(path, signal);
  const record = (await localRecord(job.runPath)) ?? recordIn(present, path);
  if (record === null) return;
  const there = readableRecord(present);
  const text = Buffer.from(recordForNas(record, status, there === null ? undefined : rawMarkOf(there)));
  // After what was read: an answer may take long, and meanwhile the job another owner.
  await assertLeased(order);
  await put({ transport, target: job.targetPath, signal }, RECORD_PATH, text, present);
}

/** `null` where it was deleted with the run's cache before a cut. */
async function localRecord(runPath: string): Promise<RunRecord | null> {
  try {
    return await readRecord(runPath);
  } catch (error) {
    if (error instanceof NasSyncError && (error.code === 'record_missing' || error.code === 'run_not_found'))
      return null;
    throw error;
  }
}

const recordIn = (present: Uint8Array | null, path: string): RunRecord | null =>
  present === null ? null : parseRecord(Buffer.from(present).toString('utf8'), path);
