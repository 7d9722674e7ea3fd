import { rmdir } from 'node:fs/promises';
import { HOUR_MS } from '../cleanup/hours.js';
import { release, unlinkForGood, type Released } from '../cleanup/release.js';
import { removeRun } from '../cleanup/remove-run.js';
import { hasTrash, moveToTrash, openTrash, trashPath } from '../cleanup/trash.js';
import { NasSyncError, systemCode } from '../errors.js';
import { acting } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import { printable } from '../run/display.js';
import { HeldFolder } from '../run/held-folder.js';
import { walkRun } from '../run/walk.js';
import { meetTarget } from '../transports/target-identity.js';
import { DeletionProof } from '../verify/deletion-proof.js';
import { pushCompanions } from './companions.js';
import { chainOf, nextLook } from './judge-work.js';
import { leftByUs } from './left-by-us.js';
import { reporter } from './progress.js';
import { sayCleanedOnNas } from './sealed-record.js';
import { sha256Of } from './sha256-of.js';
import { cleanupFailed } from './work-failure.js';
import type { Work, WorkOrder, WorkResult } from './work.js';

/** Names in the journal; the count is whole. */
const MOST_NAMED = 100;

/** State `cleanup_eligible.deleting`: lets go what the proof names, file by file. The intent is in the journal already. */
export const releaseWork: Work = async (order) => {
  try {
    return await letGo(order);
  } catch (error) {
    return cleanupFailed(order, error);
  }
};

async function letGo(order: WorkOrder): Promise<WorkResult> {
  const { job, context, engine } = order;
  const { proofs } = engine.store;
  await engine.faults.at('after', 'intent');
  const proof = DeletionProof.checked(context, await proofs.newest(job.jobId), await proofs.passes(job.jobId));
  if (typeof proof === 'string') throw new Error(proof);
  const toTrash = engine.config.nasCleanup.trashHours > 0 && context.trashed === null;
  const released = await releaseRun(order, proof, toTrash);
  if (released.kept.length > 0) return refused(order, released);
  if (toTrash) return trashed(order, released);

  const { retainCache } = engine.config.nasCleanup;
  await acting(engine.faults, 'record-on-nas', () => tellNas(order, retainCache));
  // Looked at last: telling the NAS may have taken a while.
  const late = await leftOver(order, proof);
  const kept = late.length > 0 || retainCache ? late : await removeCache(order);
  if (kept.length > 0) return refused(order, { ...released, kept });
  await engine.faults.at('before', 'done');
  const { files } = proof;
  const { bytes } = proof.proof;
  const passes = chainOf(proof);
  engine.logger.info({ jobId: job.jobId, runPath: job.runPath, files: files.size, bytes, passes }, 'cleaned');
  return {
    event: { type: 'cleanup.succeeded', at: engine.clock.now(), files: files.size, bytes, passes },
  };
}

/** The share may have been unmounted since it was judged, or be another one: nothing is written to what stands there. */
async function tellNas(order: WorkOrder, retainCache: boolean): Promise<void> {
  const { bay, engine, signal } = order;
  const { store, clock } = engine;
  const closed = await meetTarget(bay.transport, store.targets, clock.now(), signal, { imprint: false });
  if (closed !== null) throw new NasSyncError('network', closed.measured);
  if (!retainCache) await pushCompanions(order);
  await sayCleanedOnNas(order);
}

/** From the run, or from the run and its trash for good. */
async function releaseRun(order: WorkOrder, proof: DeletionProof, toTrash: boolean): Promise<Released> {
  const run = await openRun(order.job.runPath);
  if (run === null) return { files: 0, bytes: 0, kept: await leftOver(order, proof) };
  try {
    const released = await releaseThrough(run, order, proof, toTrash);
    return released.kept.length > 0 ? released : { ...released, kept: await leftOver(order, proof) };
  } finally {
    await run.close();
  }
}

async function releaseThrough(
  run: HeldFolder,
  order: WorkOrder,
  proof: DeletionProof,
  toTrash: boolean,
): Promise<Released> {
  const { job, engine } = order;
  if (toTrash) return releaseInto(await openTrash(run), run, order, proof);
  const fromRun = await releaseFrom(run, order, proof, (_, held) => unlinkForGood(held, engine.faults));
  if (fromRun.kept.length > 0 || !(await hasTrash(job.runPath))) return fromRun;
  return both(fromRun, await emptyTrash(await openTrash(run), order, proof));
}

/** `null`: the run folder is gone. */
async function openRun(runPath: string): Promise<HeldFolder | null> {
  try {
    return await HeldFolder.open(runPath);
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  }
}

async function releaseInto(trash: HeldFolder, run: HeldFolder, order: WorkOrder, proof: DeletionProof) {
  try {
    return await releaseFrom(run, order, proof, (path, held) => moveToTrash(trash, path, held, order.engine.faults));
  } finally {
    await trash.close();
  }
}

async function emptyTrash(trash: HeldFolder, order: WorkOrder, proof: DeletionProof): Promise<Released> {
  const { job, engine } = order;
  try {
    const emptied = await releaseFrom(trash, order, proof, (_, held) => unlinkForGood(held, engine.faults));
    if (emptied.kept.length > 0) return emptied;
  } finally {
    await trash.close();
  }
  return { files: 0, bytes: 0, kept: await removeTrash(job.runPath) };
}

function releaseFrom(
  root: HeldFolder,
  order: WorkOrder,
  proof: DeletionProof,
  letGoOf: (path: string, held: string) => Promise<void>,
): Promise<Released> {
  const { engine, signal } = order;
  const report = reporter(order, 'clean', { files: proof.files.size, bytes: proof.proof.bytes });
  return release(root, {
    proof,
    hash: (path, identity) => sha256Of(engine, path, identity, signal),
    letGo: letGoOf,
    faults: engine.faults,
    signal,
    onGone: ({ files, bytes, path }) => report({ files, bytes, currentFile: path }),
  });
}

const both = (a: Released, b: Released): Released => ({
  files: a.files + b.files,
  bytes: a.bytes + b.bytes,
  kept: [...a.kept, ...b.kept],
});

function refused(order: WorkOrder, { files, bytes, kept }: Released): WorkResult {
  const { engine, job } = order;
  const until = nextLook(order, []);
  const more = kept.length > 1 ? ` and ${kept.length - 1} more` : '';
  const measured = `${kept[0]?.path ?? ''}: ${kept[0]?.reason ?? ''}${more}`;
  engine.logger.warn({ jobId: job.jobId, runPath: job.runPath, kept: kept.length }, `not deleted: ${measured}`);
  return {
    event: {
      type: 'cleanup.refused',
      at: engine.clock.now(),
      files,
      bytes,
      kept: kept.slice(0, MOST_NAMED),
      until,
      waitingFor: [
        {
          name: 'kept_files',
          ok: false,
          measured,
          required: 'every proven file can be deleted as it was proven',
          until,
        },
      ],
    },
  };
}

async function trashed({ engine }: WorkOrder, { files, bytes }: Released): Promise<WorkResult> {
  const at = engine.clock.now();
  const hours = engine.config.nasCleanup.trashHours;
  return {
    event: {
      type: 'cleanup.trashed',
      at,
      files,
      bytes,
      steadyAt: await engine.steady.now(),
      // Due at once: the policy says when it is looked at next.
      until: at,
      waitingFor: [
        {
          name: 'trash',
          ok: false,
          measured: 'its files are in the trash',
          required: `${hours} h in it`,
          until: at + hours * HOUR_MS,
        },
      ],
    },
  };
}

async function removeTrash(runPath: string): Promise<Kept[]> {
  try {
    await rmdir(trashPath(runPath));
    return [];
  } catch (error) {
    return [
      { path: trashPath(runPath), reason: `the trash cannot be removed (${systemCode(error) ?? String(error)})` },
    ];
  }
}

/**
 * What appeared while the run was let go: nothing proves it, and nobody may call the run cleaned.
 * @throws NasSyncError `local_file_vanished` where the run folder went by somebody else's hand
 */
async function leftOver(order: WorkOrder, proof: DeletionProof): Promise<Kept[]> {
  if (await leftByUs(order, proof)) return [];
  const { job, signal } = order;
  const { entries, refused: odd } = await walkRun(job.runPath, { signal });
  return [...entries, ...odd].map(({ path }) => ({ path: printable(path), reason: 'no proof names it' }));
}

const removeCache = ({ job, bay, engine, signal }: WorkOrder): Promise<Kept[]> =>
  removeRun(job.runPath, (path) => bay.transport.readMeta(`${job.targetPath}/${path}`, signal), engine.faults);
