import { NasSyncError } from '../errors.js';
import { printable } from '../run/display.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import type { Engine } from '../scheduler/engine.js';
import { fromManifest, fromProof, type ExpectedRun } from './expected.js';
import type { RunToRestore } from './run-to-restore.js';

/**
 * By the newest proof; where the queue has none, by the manifest on the NAS, which tells of files only.
 * @throws NasSyncError `run_not_found` where neither is known, `source_invalid` for a manifest not to be trusted
 */
export async function expect(engine: Engine, run: RunToRestore, signal: AbortSignal): Promise<ExpectedRun> {
  const proven = run.job === null ? null : await engine.store.proofs.newest(run.job.jobId);
  if (proven !== null) return fromProof(proven);
  const manifest = await run.bay.transport.readMeta(`${run.targetPath}/${MANIFEST_PATH}`, signal);
  if (manifest !== null) return fromManifest(manifest);
  const where = printable(`${run.bay.transport.place}/${run.targetPath}`);
  throw new NasSyncError(
    'run_not_found',
    `nothing tells what ${printable(run.runPath)} held: the queue has no proof of it, and there is no manifest at ${where}; check the path`,
  );
}
