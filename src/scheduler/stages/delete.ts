import type { Released } from '../../cleanup/delete-proven.js';
import { findRemainder, leftOver, releaseRun } from '../../cleanup/delete-run.js';
import { HOUR_MS } from '../../cleanup/duration-text.js';
import { heldFiles, noOpenWriters } from '../../cleanup/interlocks/writer-interlocks.js';
import { lookForWriters } from '../../cleanup/observe-writers.js';
import { trashMeasured } from '../../cleanup/policy.js';
import { removeRun } from '../../cleanup/remove-run.js';
import type { Work, WorkOrder, WorkResult } from '../../engine/job-task.js';
import { assertLeased } from '../../engine/lease-guard.js';
import { NasSyncError } from '../../errors.js';
import { acting } from '../../faults.js';
import type { Interlock, Kept } from '../../machines/job-types.js';
import { printable } from '../../run/printable.js';
import { meetTarget } from '../../transports/target-identity.js';
import { DeletionProof } from '../../verify/deletion-proof.js';
import { cleanupFailed } from './cleanup-failure.js';
import { chainOf, nextLook } from './evaluate.js';
import { sayOnNas } from './record-on-nas.js';
import { pushCompanions } from './sidecar-files.js';

/** Names in the journal; the count is whole. */
const MOST_NAMED = 100;

/** State `cleanup_eligible.deleting`: lets go what the proof names, file by file. The intent is in the journal already. */
export const releaseWork: Work = async (order) => {
  try {
    return await letGo(order);
  } catch (error) {
    return await cleanupFailed(order, error);
  }
};

async function letGo(order: WorkOrder): Promise<WorkResult> {
  const { job, context, engine } = order;
  await engine.policies.refresh();
  const { trashHours, retainCache } = engine.policies.inForce(job.equipmentId);
  await engine.faults.at('after', 'intent');
  const proof = await proofOf(order);
  const toTrash = trashHours > 0 && context.trashed === null;
  // The NAS may have been read for hours since the interlocks were measured.
  const look = await lookForWriters(order);
  const noWriters = noOpenWriters(look, engine.clock.now());
  if (!noWriters.ok) return refused(order, { files: 0, bytes: 0, kept: heldFiles(look) }, noWriters);
  const released = await releaseRun(order, proof, toTrash);
  if (released.kept.length > 0) return refused(order, released);
  if (toTrash) return trashed(order, released, trashHours);

  await acting(engine.faults, 'record-on-nas', () => tellNas(order, retainCache));
  // Looked at last: telling the NAS may have taken a while.
  const late = await leftOver(order, proof);
  const remainder = late.length > 0 ? [] : await findRemainder(order);
  // The record explains a folder that stays for what it holds.
  const kept = late.length > 0 || retainCache || remainder.length > 0 ? late : await removeCache(order, proof);
  if (kept.length > 0) {
    await sayOnNas(order, 'synced');
    return refused(order, { ...released, kept });
  }
  await engine.faults.at('before', 'done');
  const { files } = proof;
  let bytes = 0;
  for (const { size } of files.values()) bytes += size;
  const passes = chainOf(proof);
  engine.logger.info({ jobId: job.jobId, runPath: job.runPath, files: files.size, bytes, passes }, 'cleaned');
  return {
    event: {
      type: 'cleanup.succeeded',
      at: engine.clock.now(),
      files: files.size,
      bytes,
      passes,
      ...(remainder.length > 0 && { kept: remainder.slice(0, MOST_NAMED) }),
    },
  };
}

/** What may go: what the proof names, but for volatile files of which the NAS held another content when it was measured. */
async function proofOf({ job, context, bay, engine }: WorkOrder): Promise<DeletionProof> {
  const { proofs } = engine.store;
  const [contents, passes] = await Promise.all([proofs.newest(job.jobId), proofs.passes(job.jobId)]);
  const proof = DeletionProof.checked(context, contents, passes, bay.names);
  if (typeof proof === 'string') throw new Error(proof);
  const spared = await proofs.spared(proof.proof.proofId);
  return proof.without((path) => spared.has(path));
}

/** The share may have been unmounted since it was judged, or be another one: nothing is written to what stands there. */
async function tellNas(order: WorkOrder, retainCache: boolean): Promise<void> {
  const { bay, engine, signal } = order;
  const { store, clock } = engine;
  const closed = await meetTarget(bay.transport, store.targets, clock.now(), signal, { imprint: false });
  if (closed !== null) throw new NasSyncError('network', closed.measured);
  await assertLeased(order);
  if (!retainCache) await pushCompanions(order);
  await sayOnNas(order, 'cleaned');
}

function refused(order: WorkOrder, { files, bytes, kept }: Released, unmet: Interlock | null = null): WorkResult {
  const { engine, job } = order;
  const until = nextLook(order, unmet === null ? [] : [unmet]);
  const { name, measured, required } = unmet ?? keptFiles(kept);
  engine.logger.warn({ jobId: job.jobId, runPath: job.runPath, kept: kept.length }, `not deleted: ${measured}`);
  return {
    event: {
      type: 'cleanup.refused',
      at: engine.clock.now(),
      files,
      bytes,
      kept: kept.slice(0, MOST_NAMED),
      until,
      waitingFor: [{ name, ok: false, measured, required, until }],
    },
  };
}

function keptFiles([first, ...others]: readonly Kept[]) {
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return {
    name: 'kept_files',
    measured: `${first?.path ?? ''}: ${first?.reason ?? ''}${more}`,
    required: 'every proven file can be deleted as it was proven',
  };
}

async function trashed(order: WorkOrder, released: Released, hours: number): Promise<WorkResult> {
  const { engine, job } = order;
  const { files, bytes, leftInPlace = false } = released;
  const at = engine.clock.now();
  if (leftInPlace) {
    const { jobId, runPath } = job;
    engine.logger.warn({ jobId, runPath }, trashMeasured(leftInPlace));
  }
  return {
    event: {
      type: 'cleanup.trashed',
      at,
      files,
      bytes,
      steadyAt: await engine.steady.now(),
      ...(leftInPlace && { leftInPlace }),
      // Due at once: the policy says when it is looked at next.
      until: at,
      waitingFor: [
        {
          name: 'trash',
          ok: false,
          measured: trashMeasured(leftInPlace),
          required: `${hours} h in it`,
          until: at + hours * HOUR_MS,
        },
      ],
    },
  };
}

async function removeCache(order: WorkOrder, proof: DeletionProof): Promise<Kept[]> {
  const { job, bay, engine, signal } = order;
  const stays = await removeRun(job.runPath, {
    onNas: (path) => bay.transport.readMeta(`${job.targetPath}/${path}`, signal),
    stillOurs: () => assertLeased(order),
    faults: engine.faults,
  });
  const kept = stays.filter(({ path }) => !bay.names.isVolatile(path));
  // A volatile name that appeared when the record folder had gone keeps the run folder, and nothing else.
  const isFolderAlone = kept.length === 1 && kept[0]?.path === printable(job.runPath);
  return isFolderAlone && (await leftOver(order, proof)).length === 0 ? [] : kept;
}
