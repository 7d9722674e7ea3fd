import type { WorkOrder } from '../../engine/job-task.js';
import { NasSyncError } from '../../errors.js';
import type { Grant } from '../../persistence/grant-store.js';
import { MANIFEST_PATH, manifestText, type ManifestLine } from '../../run/manifest.js';
import { RECORD_PATH } from '../../run/record/record-file.js';
import { SET_ASIDE_FOLDER } from '../../transports/set-aside.js';
import { sha256Of, type NasHistory } from '../../verify/nas-history.js';
import { put } from '../../verify/seal.js';

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Sets the files of another history aside on the NAS, with copies of its manifest and record. What is equal here stays,
 * and stays named there. Cut off anywhere, a repeat goes on: the manifest is the last that changes.
 */
export async function setForeignAside(
  order: WorkOrder,
  history: NasHistory,
  paths: readonly string[],
  { grant, named }: { grant: Grant; named: readonly ManifestLine[] },
): Promise<void> {
  const { job, bay, engine, signal } = order;
  const { transport } = bay;
  const target = job.targetPath;
  const into = `${SET_ASIDE_FOLDER}/${nameOf(history)}-${grant.grantedAt}`;
  for (const [path, data] of [
    [MANIFEST_PATH, history.manifest],
    [RECORD_PATH, history.record],
  ] as const) {
    if (data !== null) await copyOnce(order, `${target}/${into}/${path}`, data);
  }
  await transport.setAside({ target, paths, into, signal });
  const gone = new Set(paths);
  const rest = named.filter(({ path }) => !gone.has(path));
  await put({ transport, target, signal }, MANIFEST_PATH, Buffer.from(manifestText(rest, [])), history.manifest);
  engine.logger.warn(
    {
      jobId: job.jobId,
      runPath: job.runPath,
      files: paths.length,
      into,
      operator: grant.operator,
      reason: grant.reason,
    },
    'the version of another queue was set aside on the NAS',
  );
}

/** What stands on the NAS may be any text, and no part of a path. */
const nameOf = ({ mark, manifest }: NasHistory): string =>
  mark !== null && UUID.test(mark.pass) ? mark.pass : sha256Of(manifest ?? '').slice(0, 16);

async function copyOnce({ bay, signal }: WorkOrder, path: string, data: Uint8Array): Promise<void> {
  try {
    await bay.transport.writeMeta(path, data, { exclusive: true }, signal);
  } catch (error) {
    // From before a cut: what stood there then is what was to be kept.
    if (!(error instanceof NasSyncError) || error.code !== 'target_conflict') throw error;
  }
}
