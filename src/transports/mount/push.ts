import { randomUUID } from 'node:crypto';
import { chmod, lstat, mkdir, readlink, rename, symlink, unlink, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ByteFailure, type BytePool, type ByteProgress } from '../../bytes/byte-pool.js';
import { isUnsupportedMetadata, secondsOf } from '../../bytes/copy-metadata.js';
import { sourceFailure } from '../../bytes/source-failure.js';
import type { FileFailed, PlaceTask } from '../../bytes/tasks.js';
import { NasSyncError, systemCode } from '../../errors.js';
import { byCodePoint } from '../../run/code-point-order.js';
import { contentPath, type FileEntry, type FolderEntry, type LinkEntry, type RunEntry } from '../../run/entry.js';
import { syncFolder } from '../../run/fs/durable-write.js';
import { printable } from '../../run/printable.js';
import { targetMode, unlockedMode } from '../../run/target-mode.js';
import { failureOnTarget } from '../target-failure.js';
import type { PushRequest, PushResult } from '../transport.js';
import { assertNoTwins } from './assert-no-name-collisions.js';
import { noteBeside, partialName, PARTIALS, removePartials, renewPartials } from './partial-files.js';
import { findRefusal } from './rejected-name.js';
import type { Patience } from './stall-timeout.js';

/** The mode of a folder that is no part of the run. */
const DEFAULT_FOLDER_MODE = 0o777;

export interface PushPlan {
  readonly request: PushRequest;
  /** The run's place on the share, absolute. */
  readonly target: string;
  /** The share's top, absolute. */
  readonly root: string;
  readonly stallMs: number;
  readonly patience: Patience;
}

/** Folders, then files, then links, then what the folders look like; durable when it returns. */
export async function pushTree(plan: PushPlan, pool: BytePool): Promise<PushResult> {
  const { entries } = plan.request;
  const folders = entries.filter((entry) => entry.kind === 'folder');
  const files = entries.filter((entry) => entry.kind === 'file');
  const links = entries.filter((entry) => entry.kind === 'link');
  const { patience } = plan;
  const { signal } = plan.request;
  const paths = new Set(entries.map(({ path }) => path));
  const holds = (path: string): boolean => paths.has(path);
  try {
    await patience.within(signal, async (moved) => {
      await renewPartials(plan.target, holds);
      await assertNoTwins(join(plan.target, PARTIALS), entries);
      for (const [path, mode] of foldersOf(entries)) {
        await ensureFolder(join(plan.target, path), mode).catch((error: unknown) => fail(plan, error, 'folder', path));
        moved();
      }
    });
    const result = await placeAll(plan, files, pool);
    await patience.within(signal, async (moved) => {
      for (const link of links) {
        await ensureLink(plan, link).catch((error: unknown) => fail(plan, error, 'link', link.path));
        moved();
      }
      await settleFolders(plan, folders, [...files, ...links], moved);
    });
    return result;
  } finally {
    // Also after an abort; what a stalled share keeps, the next push removes.
    const tidyUp = new AbortController().signal;
    await patience.within(tidyUp, () => removePartials(plan.target, holds)).catch(() => undefined);
  }
}

/** Throws what is wrong with the name, where the share holds others; else the failure as it came. */
async function fail(
  plan: PushPlan,
  error: unknown,
  kind: RunEntry['kind'],
  path: string,
  code = systemCode(error),
): Promise<never> {
  const folder = join(plan.target, PARTIALS);
  throw (code === undefined ? null : await findRefusal({ root: plan.root, folder, kind, path, code })) ?? error;
}

/** Every folder that an entry is or stands in, outermost first: files beside the record come without their folders. */
function foldersOf(entries: readonly RunEntry[]): [path: string, mode: number][] {
  const folders = new Map<string, number>();
  for (const { path } of entries) {
    for (let slash = path.indexOf('/'); slash !== -1; slash = path.indexOf('/', slash + 1)) {
      folders.set(path.slice(0, slash), DEFAULT_FOLDER_MODE);
    }
  }
  for (const entry of entries) if (entry.kind === 'folder') folders.set(entry.path, entry.mode);
  return [...folders].sort(([a], [b]) => byCodePoint(a, b));
}

/** A real folder that its owner may fill. A link in its place could lead the copy anywhere. */
async function ensureFolder(path: string, mode: number): Promise<void> {
  try {
    await mkdir(path, { mode: targetMode('folder', mode) });
    return;
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
  const there = await lstat(path);
  if (!there.isDirectory()) {
    throw new NasSyncError(
      'target_conflict',
      `${printable(path)} is no folder on the target but one in the run; move it away, then retry`,
    );
  }
  const unlocked = unlockedMode('folder', there.mode);
  if (unlocked !== null) await tolerate(chmod(path, unlocked));
}

async function placeAll(plan: PushPlan, files: readonly FileEntry[], pool: BytePool): Promise<PushResult> {
  const { request, patience } = plan;
  const attempt = randomUUID();
  const tasks = files.map((file, index): PlaceTask => ({
    index,
    source: join(request.source, contentPath(file)),
    target: join(plan.target, file.path),
    partial: join(plan.target, PARTIALS, partialName(attempt, index)),
    mode: file.mode,
    identity: file.identity,
    sha256: request.sha256Of(file),
  }));
  const fileAt = (index: number): FileEntry | undefined => files[index];
  let copiedFiles = 0;
  let copiedBytes = 0;
  try {
    await pool.place(tasks, {
      signal: request.signal,
      stallMs: plan.stallMs,
      cap: () => inBytes(request.capKiBps()),
      onProgress: (progress) => request.onProgress(named(progress, fileAt)),
      onDone: (done) => {
        const copied = done.filter((file) => file.copied);
        if (copied.length > 0) request.onArrived();
        copiedFiles += copied.length;
        copiedBytes += copied.reduce((sum, file) => sum + file.size, 0);
        request.onDigests(
          done.flatMap(({ index, sha256 }) => {
            const file = fileAt(index);
            return file === undefined ? [] : [{ file, sha256 }];
          }),
        );
      },
    });
  } catch (error) {
    const failed = error instanceof ByteFailure ? error.failed : null;
    const path = failed === null ? undefined : fileAt(failed.index)?.path;
    const failure = byteFailure(error, () => path ?? request.target);
    if (failed?.side !== 'target' || path === undefined) throw failure;
    return patience.within(request.signal, () => fail(plan, failure, 'file', path, failed.code));
  }
  return { copiedFiles, copiedBytes, tools: [] };
}

export const inBytes = (capKiBps: number | null): number | null => (capKiBps === null ? null : capKiBps * 1024);

export const named = (progress: ByteProgress, fileAt: (index: number) => { path: string } | undefined) => ({
  bytes: progress.bytes,
  files: progress.files,
  currentFile: fileAt(progress.current)?.path ?? null,
});

async function ensureLink(plan: PushPlan, link: LinkEntry): Promise<void> {
  const path = join(plan.target, link.path);
  const present = await readlink(path).catch(() => null);
  if (present === link.linkTo) return;
  const partial = join(plan.target, PARTIALS, randomUUID());
  await symlink(link.linkTo, partial);
  try {
    await rename(partial, path);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    await linkBeside(plan, link);
  }
}

/** On another disk of one pool than the partials: made beside its name, so that nothing is replaced but in one step. */
async function linkBeside(plan: PushPlan, link: LinkEntry): Promise<void> {
  const path = join(plan.target, link.path);
  await noteBeside(plan.target);
  const partial = join(dirname(path), partialName(randomUUID(), 0));
  await symlink(link.linkTo, partial);
  await rename(partial, path).catch(async (error: unknown) => {
    await unlink(partial);
    throw error;
  });
}

/** A rename is only durable once its folder is; a folder's own time changes with each name that enters it. */
async function settleFolders(
  plan: PushPlan,
  folders: readonly FolderEntry[],
  contents: readonly { path: string }[],
  moved: () => void,
): Promise<void> {
  const touched = new Set(contents.map((entry) => dirname(join(plan.target, entry.path))));
  for (const folder of folders) touched.add(dirname(join(plan.target, folder.path)));
  for (const path of touched) {
    await syncFolder(path);
    moved();
  }
  for (const folder of folders.toReversed()) {
    const path = join(plan.target, folder.path);
    const seconds = secondsOf(BigInt(folder.mtimeNs));
    await tolerate(utimes(path, seconds, seconds));
    moved();
  }
}

async function tolerate(act: Promise<void>): Promise<void> {
  await act.catch((error: unknown) => {
    if (!isUnsupportedMetadata(systemCode(error))) throw error;
  });
}

/** A byte worker's failure, as the job sees it. `nameOf` gives the path within the run. */
export function byteFailure(error: unknown, nameOf: (failed: FileFailed) => string): unknown {
  if (!(error instanceof ByteFailure)) return error;
  const { failed } = error;
  if (failed.side === 'source') return sourceFailure(failed, nameOf(failed));
  return failureOnTarget(failed.code, failed.message, nameOf(failed), { cause: error });
}
