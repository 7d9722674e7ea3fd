import { lstat, readFile, rmdir, unlink } from 'node:fs/promises';
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
  const folders = new Set(beside.map(({ path }) => dirname(path)).filter((path) => path !== RECORD_FOLDER));
  for (const folder of [...folders].sort().reverse()) await rmdir(join(runPath, folder)).catch(() => undefined);
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
