import { lstat, rmdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { WorkOrder } from '../engine/job-task.js';
import { NasSyncError, systemCode } from '../errors.js';
import { acting } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import { HeldFolder, unlessAbsent } from '../run/fs/folder-handle.js';
import { printable } from '../run/printable.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { RECORD_FOLDER, walkRecordFolder } from '../run/record/record-folder.js';
import { parseRecord } from '../run/record/record-text.js';
import { walkRun } from '../run/walk.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { emptyRecords, type RecordRemoval } from './delete-record-folder.js';

/**
 * Removes the emptied run itself with its record folder. What a host keeps beside the record goes only if the NAS holds
 * the same bytes; manifest and record, which the NAS holds sealed, go last, and only if nothing else stays.
 */
export async function removeRun(runPath: string, removal: RecordRemoval): Promise<Kept[]> {
  const run = await unlessAbsent(() => HeldFolder.open(runPath));
  if (run === null) return [];
  try {
    const records = await unlessAbsent(() => run.enter(RECORD_FOLDER));
    if (records !== null) {
      const kept = await emptyRecords(records, runPath, removal).finally(() => records.close());
      if (kept.length > 0) return kept;
      const stays = await removeFolder(await run.at(RECORD_FOLDER), RECORD_FOLDER, removal);
      if (stays !== null) return [stays];
    }
    const stays = await removeFolder(runPath, runPath, removal);
    return stays === null ? [] : [stays];
  } finally {
    await run.close();
  }
}

async function removeFolder(folder: string, path: string, { stillOurs, faults }: RecordRemoval): Promise<Kept | null> {
  await stillOurs();
  try {
    await acting(faults, 'remove-run', () => rmdir(folder));
    return null;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    return { path: printable(path), reason: `it cannot be removed (${systemCode(error) ?? String(error)})` };
  }
}

/**
 * Whether nothing of a run is left here, as after a deletion that was cut off at its very end. `device` is that of its
 * files: a disk that is not mounted holds nothing either.
 */
export async function nothingLeft(runPath: string, device: string | undefined): Promise<boolean> {
  const above = await lstat(dirname(runPath), { bigint: true }).catch(() => null);
  const stats = await lstat(runPath).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  if (stats === null) return above !== null && (device === undefined || String(above.dev) === device);
  if (!stats.isDirectory()) return false;
  const walk = await walkRun(runPath);
  return walk.entries.length + walk.refused.length + (await walkRecordFolder(runPath)).length === 0;
}

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
