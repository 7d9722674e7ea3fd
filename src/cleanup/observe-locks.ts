import { dirname } from 'node:path';
import type { WorkOrder } from '../engine/job-task.js';
import { NasSyncError, systemCode } from '../errors.js';
import { RECORD_FOLDER, walkRecordFolder } from '../run/record/record-folder.js';
import { walkRun } from '../run/walk.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { currentAccount } from './locked/account.js';
import { findLocked, NOTHING_LOCKED, type LeavingPath, type LockLook } from './locked/find-locked.js';
import { findFlags } from './locked/inode-flags.js';
import { findReadOnlyMounts } from './locked/read-only-mounts.js';
import { hasTrash, trashPath } from './trash.js';

/**
 * What keeps this account from removing what the proof names, and all that leaves with it.
 * @param leavesOthers whether something stays in the run that no proof names, and the run folder with it
 */
export async function lookForLocks(order: WorkOrder, proof: DeletionProof, leavesOthers: boolean): Promise<LockLook> {
  const { job, bay, engine, signal } = order;
  const { runPath } = job;
  const account = currentAccount();
  if (account === null) return NOTHING_LOCKED;
  const removesRun = !engine.policies.inForce(job.equipmentId).retainCache && !leavesOthers;
  const others = [...(await inTrash(order)), ...(removesRun ? await inRecords(runPath) : [])];
  const leaving = function* (): Generator<LeavingPath> {
    // Every file goes through it.
    yield { path: trashPath(runPath), isFolder: true };
    yield* others;
    for (const path of proof.files.keys())
      if (!bay.names.isVolatile(path)) yield { path: `${runPath}/${path}`, isFolder: false };
    for (const { path, kind } of proof.shape.values()) {
      if (!bay.names.isVolatile(path)) yield { path: `${runPath}/${path}`, isFolder: kind === 'folder' };
    }
    if (removesRun) yield { path: runPath, isFolder: true };
  };
  const flags = await findFlags({
    trees: [runPath],
    folders: removesRun ? [dirname(runPath)] : [],
    purpose: { place: runPath, queueId: await engine.store.seals.queueId() },
    signal,
  });
  const locked = await findLocked({ leaving, flags, account, signal });
  const readOnly = locked.filter(({ why }) => why === 'read_only');
  return { locked, account, readOnlyMounts: findReadOnlyMounts(readOnly.map(({ path }) => path)) };
}

async function inTrash({ job, signal }: WorkOrder): Promise<LeavingPath[]> {
  if (!(await hasTrash(job.runPath))) return [];
  const trash = trashPath(job.runPath);
  try {
    const { entries } = await walkRun(trash, { signal });
    return entries.map(({ path, kind }) => ({ path: `${trash}/${path}`, isFolder: kind === 'folder' }));
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NasSyncError)) throw error;
    return [];
  }
}

/** The record folder, and what a host keeps in it. */
async function inRecords(runPath: string): Promise<LeavingPath[]> {
  const folder = { path: `${runPath}/${RECORD_FOLDER}`, isFolder: true };
  try {
    const files = await walkRecordFolder(runPath);
    return [folder, ...files.map(({ path }) => ({ path: `${runPath}/${path}`, isFolder: false }))];
  } catch (error) {
    if (systemCode(error) !== 'EACCES') throw error;
    // A folder of it may not be looked into, which its mode tells.
    const { path = '' } = error as NodeJS.ErrnoException;
    return [folder, { path: `${path}/.`, isFolder: false }];
  }
}
