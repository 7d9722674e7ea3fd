import { capKiBps } from '../../config/bandwidth.js';
import type { WorkOrder } from '../../engine/job-task.js';
import { isSourceTrouble } from '../../errors.js';
import { MANIFEST_PATH } from '../../run/manifest.js';
import { RECORD_PATH } from '../../run/record/record-file.js';
import { walkRecordFolder } from '../../run/walk.js';

/** Sealed last, each by itself. */
const SEALED = new Set([MANIFEST_PATH, RECORD_PATH]);
const MOST_TRIES = 3;

/**
 * Brings along what the host keeps beside the record. It is no part of the run, and no proof names it: a host may write
 * there at any time, and what keeps moving is left for the next pass.
 */
export async function pushCompanions(order: WorkOrder): Promise<void> {
  const { job, engine } = order;
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    try {
      await pushOnce(order);
      return;
    } catch (error) {
      if (!isSourceTrouble(error)) throw error;
    }
  }
  engine.logger.info(
    { jobId: job.jobId, runPath: job.runPath },
    'files beside the record keep moving or cannot be read; they stay behind',
  );
}

async function pushOnce({ job, bay, engine, signal }: WorkOrder): Promise<void> {
  const entries = (await walkRecordFolder(job.runPath)).filter((file) => !SEALED.has(file.path));
  if (entries.length === 0) return;
  await bay.transport.push({
    source: job.runPath,
    target: job.targetPath,
    entries,
    sha256Of: () => null,
    onDigests: () => undefined,
    matches: () => null,
    readNow: () => Promise.resolve(),
    capKiBps: () => capKiBps(bay.equipment.transport.bandwidth, new Date(engine.clock.now())),
    signal,
    onProgress: () => undefined,
    onArrived: () => undefined,
  });
}
