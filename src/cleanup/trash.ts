import { lstat, mkdir, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { applyFolderMetadata, type FolderMetadata } from '../bytes/folder-metadata.js';
import type { WorkOrder } from '../engine/job-task.js';
import { systemCode } from '../errors.js';
import type { Kept } from '../machines/job-types.js';
import { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { targetMode } from '../run/target-mode.js';
import { printable } from '../run/printable.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../run/record/record-folder.js';
import { walkRun } from '../run/walk.js';
import { moveNew } from './disposal.js';

const TRASH = `${OWN_PREFIX}trash`;

/**
 * Where the files of a run wait until they are deleted: in its own record folder, which is on the same volume, is no part
 * of the run, and goes with it.
 */
export const trashPath = (runPath: string): string => join(runPath, RECORD_FOLDER, TRASH);

export async function hasTrash(runPath: string): Promise<boolean> {
  const stats = await lstat(trashPath(runPath)).catch(() => null);
  return stats?.isDirectory() === true;
}

/** The trash of the run, held; made if there is none. */
export async function openTrash(run: HeldFolder): Promise<HeldFolder> {
  const records = await run.enter(RECORD_FOLDER);
  try {
    return await records.enterNew(TRASH);
  } finally {
    await records.close();
  }
}

/**
 * Puts everything in the trash back to its place in the run, and makes these folders again, as they were. Where something
 * stands now, it stays in the trash and is told.
 */
async function bringBack(
  runPath: string,
  folders: readonly FolderMetadata[],
): Promise<{ files: number; kept: readonly Kept[] }> {
  const run = await HeldFolder.open(runPath);
  try {
    const trash = await openTrash(run);
    const moving = walkRun(trashPath(runPath)).then((walk) => moveBack(run, trash, { walk, folders }));
    return await moving.finally(() => trash.close());
  } finally {
    await run.close();
    await rmdir(trashPath(runPath)).catch(() => undefined);
  }
}

async function moveBack(
  run: HeldFolder,
  trash: HeldFolder,
  { walk, folders }: { walk: Awaited<ReturnType<typeof walkRun>>; folders: readonly FolderMetadata[] },
): Promise<{ files: number; kept: Kept[] }> {
  const kept: Kept[] = [];
  const keep = (path: string, error: unknown): void => {
    kept.push({ path: printable(path), reason: `it stays in the trash (${systemCode(error) ?? String(error)})` });
  };
  let files = 0;
  const made: FolderMetadata[] = [];
  for (const folder of folders) if (await makeAgain(run, folder)) made.push(folder);
  const entries = walk.entries.filter(({ kind }) => kind !== 'folder');
  await within(trash, entries, {
    pathOf: ({ path }) => path,
    onLost: ({ path }, error) => keep(path, error),
    act: async ({ path }, from, name) => {
      try {
        await below(run, path, async (to, toName) => moveNew(await from.at(name), await to.at(toName)));
        files += 1;
      } catch (error) {
        keep(path, error);
      }
    },
  });
  await applyFolderMetadata(run, made);
  await removeEmpty(trash, walk.entries.filter(({ kind }) => kind === 'folder').toReversed());
  return { files, kept };
}

/** `false` where something stands there, or nothing can be made: what belongs there stays in the trash then. */
async function makeAgain(run: HeldFolder, { path, mode }: FolderMetadata): Promise<boolean> {
  const options = mode === null ? {} : { mode: targetMode('folder', mode) };
  return below(run, path, async (above, name) => mkdir(await above.at(name), options)).then(
    () => true,
    () => false,
  );
}

/** The folder that holds `path` below `root`, made if need be. */
async function below(
  root: HeldFolder,
  path: string,
  act: (folder: HeldFolder, name: string) => Promise<unknown>,
): Promise<void> {
  let failure: { readonly error: unknown } | null = null;
  await within(root, [path], {
    pathOf: (one) => one,
    make: true,
    onLost: (_, error) => (failure = { error }),
    act: async (_, folder, name) => {
      await act(folder, name);
    },
  });
  if (failure !== null) throw (failure as { error: unknown }).error;
}

/** What waits in the trash comes back, to its place in the run. */
export async function bringBackTrash({ job, engine }: WorkOrder): Promise<void> {
  const { jobId, runPath } = job;
  if (!(await hasTrash(runPath))) return;
  const contents = await engine.store.proofs.newest(jobId);
  const folders = (contents?.shape ?? []).filter(({ kind }) => kind === 'folder');
  const { files, kept } = await bringBack(runPath, folders);
  engine.logger.warn({ jobId, runPath, files, kept }, `${files} files came back from the trash`);
}

/** Removes these folders below `root`, deepest first. One that is not there, or still holds something, is left at that. */
export const removeEmpty = (root: HeldFolder, folders: readonly { readonly path: string }[]): Promise<void> =>
  within(root, folders, {
    pathOf: ({ path }) => path,
    onLost: () => undefined,
    act: async (_, folder, name) => rmdir(await folder.at(name)).catch(() => undefined),
  });
