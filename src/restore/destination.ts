import { lstat, readFile, stat, statfs } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { TOKEN_FILE } from '../transports/target-identity.js';
import type { ExpectedFile } from './expected.js';
import { nearestThere, realWay } from './real-path.js';
import type { RunToRestore } from './resolve-run.js';

/**
 * The folder into which the run's files go, absolute and without links; nothing is made yet.
 * @throws NasSyncError `usage` for a place that can be none, `not_allowed`, `not_configured`, `wrong_target`
 */
export async function destinationOf(run: RunToRestore, to: string | null, signal: AbortSignal): Promise<string> {
  return to === null ? ownPlace(run, signal) : elsewhere(run, to, signal);
}

async function ownPlace({ runPath, targetPath, bay }: RunToRestore, signal: AbortSignal): Promise<string> {
  const { localRoot } = bay.equipment;
  // A disk that is not mounted: the run would fill the one below it, and vanish behind the mount later.
  const root = await stat(localRoot).catch(() => null);
  if (root?.isDirectory() !== true) {
    throw new NasSyncError(
      'not_configured',
      `there is no folder ${localRoot}; mount or make it, or restore --to another`,
    );
  }
  const real = await realWay(runPath);
  if (real !== runPath) {
    const where = `${printable(runPath)} is now a link, or lies behind one (${printable(real)})`;
    throw new NasSyncError('not_allowed', `${where}; remove it, or restore --to another folder`);
  }
  await requireFolderOrNothing(runPath);
  await bay.transport.requireApart(runPath, targetPath, signal);
  return runPath;
}

async function elsewhere({ bay }: RunToRestore, to: string, signal: AbortSignal): Promise<string> {
  if (to === '') throw new NasSyncError('usage', '--to needs a folder');
  const path = await realWay(to);
  await requireFolderOrNothing(path);
  await requireNoTargetAbove(path);
  try {
    // Apart from the whole target, not from the run's place alone: beside it lie the copies of other runs.
    await bay.transport.requireApart(path, '', signal);
  } catch (error) {
    if (!(error instanceof NasSyncError) || error.code !== 'wrong_target') throw error;
    throw onTarget(path, error);
  }
  return path;
}

async function requireFolderOrNothing(path: string): Promise<void> {
  const nearest = await nearestThere(path);
  if ((await lstat(nearest)).isDirectory()) return;
  throw new NasSyncError(
    'usage',
    `${printable(nearest)} is no folder, so nothing can be restored there; choose another`,
  );
}

/** Sees a NAS that is mounted here as well as reached by another way. */
async function requireNoTargetAbove(path: string): Promise<void> {
  for (let current = path; ; current = dirname(current)) {
    if ((await readFile(join(current, TOKEN_FILE)).catch(() => null)) !== null) throw onTarget(path);
    if (dirname(current) === current) return;
  }
}

const onTarget = (path: string, cause?: unknown): NasSyncError =>
  new NasSyncError(
    'usage',
    `${printable(path)} lies on a NAS, among the copies of runs, or holds one; choose a folder of this machine`,
    { cause },
  );

/** @throws NasSyncError `not_allowed`, with both numbers; sizes that nobody knows beforehand count for nothing */
export async function requireRoom(path: string, files: readonly ExpectedFile[]): Promise<void> {
  const needed = files.reduce((sum, { size }) => sum + (size ?? 0), 0);
  const { bavail, bsize } = await statfs(await nearestThere(path));
  const free = bavail * bsize;
  if (needed <= free) return;
  throw new NasSyncError(
    'not_allowed',
    `${printable(path)} has room for ${free} bytes, and ${needed} are to come; make room there, or restore --to another disk`,
  );
}
