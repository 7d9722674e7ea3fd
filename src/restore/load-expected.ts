import type { Engine } from '../engine/engine.js';
import { recordHere } from '../engine/prior-proof.js';
import { NasSyncError } from '../errors.js';
import type { Job } from '../persistence/job.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { isOurs, readHistory } from '../verify/nas-history.js';
import { fromManifest, fromProof, type ExpectedRun } from './expected.js';
import type { RunToRestore } from './resolve-run.js';

/** The row is of a queue that was brought back from before its run left: the proofs after that are not in it. */
const isOlder = async (job: Job | null): Promise<boolean> =>
  job !== null &&
  job.state !== 'cleaned' &&
  job.context?.releasing === null &&
  (await recordHere(job.runPath))?.syncStatus === 'cleaned';

/** The job has failed because another queue has proven something else at its place: that is what there is to take. */
async function isForeign(
  engine: Engine,
  { job, bay, targetPath }: RunToRestore,
  signal: AbortSignal,
): Promise<boolean> {
  if (job?.state !== 'failed' || job.context?.lastError?.kind !== 'target_conflict') return false;
  const history = await readHistory(bay.transport, targetPath, signal);
  return history.manifest !== null && !isOurs(history, await engine.store.seals.known(job.jobId));
}

/**
 * By the newest proof; where the queue has none, or another queue has proven more since, by the manifest on the NAS, which tells of files only.
 * @throws NasSyncError `run_not_found` where neither is known, `source_invalid` for a manifest not to be trusted
 */
export async function expect(engine: Engine, run: RunToRestore, signal: AbortSignal): Promise<ExpectedRun> {
  const proven = run.job === null ? null : await engine.store.proofs.newest(run.job.jobId);
  const isOutdated = (await isOlder(run.job)) || (await isForeign(engine, run, signal));
  if (proven !== null && !isOutdated) return fromProof(proven);
  const manifest = await run.bay.transport.readMeta(`${run.targetPath}/${MANIFEST_PATH}`, signal);
  if (manifest !== null) return fromManifest(manifest);
  if (proven !== null) return fromProof(proven);
  const where = printable(`${run.bay.transport.place}/${run.targetPath}`);
  throw new NasSyncError(
    'run_not_found',
    `nothing tells what ${printable(run.runPath)} held: the queue has no proof of it, and there is no manifest at ${where}; check the path`,
  );
}
