import { lstat, rmdir } from 'node:fs/promises';
import type { WorkOrder } from '../engine/job-task.js';
import { leaseGuard } from '../engine/lease-guard.js';
import { reporter } from '../engine/progress.js';
import { isDiskFull, systemCode } from '../errors.js';
import type { Kept } from '../machines/job-types.js';
import type { RunEntry } from '../run/entry.js';
import { FolderWay } from '../run/fs/folder-cursor.js';
import { HeldFolder, unlessAbsent } from '../run/fs/folder-handle.js';
import { unlessGone } from '../run/fs/null-if-missing.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { walkRun } from '../run/walk.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { sha256Of } from '../verify/hash-local.js';
import { dataPaths } from '../verify/run-changes.js';
import { release, type Released } from './delete-proven.js';
import { forGood, fromTrash, intoTrash, undoMovesAside, type LetGo } from './disposal.js';
import { leftByUs } from './remove-run.js';
import { bringBackTrash, hasTrash, openTrash, trashPath } from './trash.js';

const NOTHING: Released = { files: 0, bytes: 0, kept: [] };
const LEFT_IN_PLACE: Released = { ...NOTHING, leftInPlace: true };

/** Lets the run's files go into its trash, or, with what is in the trash already, for good. */
export async function releaseRun(order: WorkOrder, proof: DeletionProof, toTrash: boolean): Promise<Released> {
  const run = await unlessAbsent(() => HeldFolder.open(order.job.runPath));
  if (run === null) return { files: 0, bytes: 0, kept: await leftOver(order, proof) };
  try {
    const released = await releaseThrough(run, order, proof, toTrash);
    if (released.kept.length > 0 || released.leftInPlace === true) return released;
    return { ...released, kept: await leftOver(order, proof) };
  } finally {
    await run.close();
  }
}

/**
 * What appeared while the run was let go: nothing proves it, and nobody may call the run cleaned.
 * @throws NasSyncError `local_file_vanished` where the run folder went by somebody else's hand
 */
export async function leftOver(order: WorkOrder, proof: DeletionProof): Promise<Kept[]> {
  if (await leftByUs(order, proof)) return [];
  const { job, bay, signal } = order;
  const { isVolatile, isExcluded } = bay.names;
  const { entries, refused: odd } = await walkRun(job.runPath, { signal, isExcluded });
  // It stays for what it holds, which is told here or may stay.
  const isProvenFolder = ({ kind, path }: RunEntry): boolean =>
    kind === 'folder' && proof.shape.get(path)?.kind === 'folder';
  return [...entries.filter((entry) => !isProvenFolder(entry)), ...odd]
    .filter(({ path }) => !isVolatile(path))
    .map(({ path }) => ({ path: printable(path), reason: 'no proof names it' }));
}

/** What stays in the run folder of a run that is cleaned: volatile names that no proof covers, and excluded ones. */
export async function findRemainder({ job, bay, signal }: WorkOrder): Promise<Kept[]> {
  const run = await unlessGone(lstat(job.runPath));
  if (run === null) return [];
  const excluded: string[] = [];
  const { isExcluded } = bay.names;
  const walk = await walkRun(job.runPath, { signal, isExcluded, onExcluded: (path) => excluded.push(path) });
  const others = [...walk.entries.filter(({ kind }) => kind !== 'folder'), ...walk.refused];
  return [
    ...others.map(({ path }) => ({ path: printable(path), reason: 'a volatile name, not as the NAS holds it' })),
    ...excluded.map((path) => ({ path: printable(path), reason: 'excluded by the config' })),
  ];
}

async function releaseThrough(
  run: HeldFolder,
  order: WorkOrder,
  proof: DeletionProof,
  toTrash: boolean,
): Promise<Released> {
  const records = await unlessAbsent(() => run.enter(RECORD_FOLDER));
  // Cut off after the record folder was removed: there is nothing to let go any more.
  if (records === null) return NOTHING;
  try {
    const stuck = await undoMovesAside(run, () => Promise.resolve(pathsOf(proof)));
    if (stuck.length > 0) return { ...NOTHING, kept: stuck };
    // What waited there goes first: else a file that was restored meanwhile would find its place in the trash taken.
    const waited = await emptyTrash(run, order, proof);
    if (waited.kept.length > 0) return waited;
    if (toTrash) return await moveToTrash(run, order, proof);
    const released = await releaseFrom(run, order, proof, forGood(records, order.engine.faults));
    return { ...released, files: waited.files + released.files, bytes: waited.bytes + released.bytes };
  } finally {
    await records.close();
  }
}

function* pathsOf(proof: DeletionProof): Iterable<string> {
  yield* proof.files.keys();
  for (const { kind, path } of proof.shape.values()) if (kind !== 'folder') yield path;
}

async function emptyTrash(run: HeldFolder, order: WorkOrder, proof: DeletionProof): Promise<Released> {
  if (!(await hasTrash(order.job.runPath))) return NOTHING;
  const trash = await openTrash(run);
  try {
    const released = await releaseFrom(trash, order, proof, fromTrash(order.engine.faults));
    return released.kept.length > 0 ? released : { ...released, kept: await removeTrash(order) };
  } finally {
    await trash.close();
  }
}

/** On a full disk, where the trash finds no room, all files wait as long at their own place. */
async function moveToTrash(run: HeldFolder, order: WorkOrder, proof: DeletionProof): Promise<Released> {
  let isFull = false;
  const onFull = (): void => void (isFull = true);
  const trash = await openTrash(run).catch((error: unknown) => {
    if (!isDiskFull(error)) throw error;
    return null;
  });
  if (trash === null) return LEFT_IN_PLACE;
  const way = new FolderWay(trash, { make: true });
  try {
    const moved = await releaseFrom(run, order, proof, intoTrash(way, { faults: order.engine.faults, onFull }));
    if (!isFull) return moved;
  } finally {
    await way.close();
    await trash.close();
  }
  await bringBackTrash(order);
  return LEFT_IN_PLACE;
}

function releaseFrom(root: HeldFolder, order: WorkOrder, proof: DeletionProof, letGo: LetGo): Promise<Released> {
  const { engine, signal } = order;
  const report = reporter(order, 'clean', { files: proof.files.size, bytes: proof.proof.bytes });
  return release(root, {
    proof,
    hash: (path, identity) => sha256Of(engine.pool, path, identity, signal),
    letGo,
    faults: engine.faults,
    signal,
    isVolatile: order.bay.names.isVolatile,
    stillOurs: leaseGuard(order),
    onGone: ({ files, bytes, path }) => report({ files, bytes, currentFile: path }),
  });
}

async function removeTrash({ job, bay, signal }: WorkOrder): Promise<Kept[]> {
  const { runPath } = job;
  try {
    await rmdir(trashPath(runPath));
    return [];
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT') return [];
    const isOnlyVolatile = dataPaths(await walkRun(trashPath(runPath), { signal }), bay.names.isVolatile).length === 0;
    if (code === 'ENOTEMPTY' && isOnlyVolatile) return [];
    return [
      { path: printable(trashPath(runPath)), reason: `it cannot be removed (${systemCode(error) ?? String(error)})` },
    ];
  }
}
