import { lstat, readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import { printable } from '../run/display.js';
import { removeLeftovers } from '../run/leftovers.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { RECORD_PATH } from '../run/record-file.js';
import { RECORD_FOLDER, walkRecordFolder } from '../run/record-folder.js';
import { walkRun } from '../run/walk.js';

const OURS: ReadonlySet<string> = new Set([MANIFEST_PATH, RECORD_PATH]);

/**
 * Removes the emptied run itself with its record folder. What a host keeps beside the record goes only if the NAS holds
 * the same bytes; manifest and record, which the NAS holds sealed, go last.
 */
export async function removeRun(
  runPath: string,
  onNas: (path: string) => Promise<Uint8Array | null>,
  faults: Faults,
): Promise<Kept[]> {
  await removeLeftovers(join(runPath, RECORD_FOLDER));
  const kept: Kept[] = [];
  const beside = (await walkRecordFolder(runPath)).filter(({ path }) => !OURS.has(path));
  for (const { path } of beside) {
    const there = await onNas(path);
    if (there !== null && (await readFile(join(runPath, path))).equals(there)) await unlink(join(runPath, path));
    else kept.push({ path: printable(path), reason: 'the NAS does not hold it as it is here' });
  }
  if (kept.length > 0) return kept;
  const left = await emptyFolders(join(runPath, RECORD_FOLDER));
  const strange = left.filter((path) => !OURS.has(`${RECORD_FOLDER}/${path}`));
  // Before the record goes: without it the gate would stop the run for good.
  if (strange.length > 0) return strange.map((path) => ({ path: printable(path), reason: 'it is none of our files' }));
  for (const path of [MANIFEST_PATH, RECORD_PATH]) {
    await acting(faults, 'unlink-record', () => unlinkIfThere(join(runPath, path)));
  }
  for (const folder of [join(runPath, RECORD_FOLDER), runPath]) {
    try {
      await acting(faults, 'remove-run', () => rmdir(folder));
    } catch (error) {
      if (systemCode(error) === 'ENOENT') continue;
      return [{ path: printable(folder), reason: `it cannot be removed (${systemCode(error) ?? String(error)})` }];
    }
  }
  return [];
}

/** Removes the folders in it that hold nothing, and says what else is in it, at its top. */
async function emptyFolders(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const left: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    // A lock is a folder, and somebody's.
    const mayGo = entry.isDirectory() && !entry.name.endsWith('.lock');
    const gone = mayGo && (await emptyFolders(path)).length === 0 && (await removed(path));
    if (!gone) left.push(entry.name);
  }
  return left;
}

const removed = (folder: string): Promise<boolean> =>
  rmdir(folder).then(
    () => true,
    () => false,
  );

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

async function unlinkIfThere(file: string): Promise<void> {
  await unlink(file).catch((error: unknown) => {
    if (systemCode(error) !== 'ENOENT') throw error;
  });
}
