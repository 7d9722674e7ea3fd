import { createHash } from 'node:crypto';
import { systemCode } from '../errors.js';
import { durableWrite } from '../run/fs/durable-write.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { readableRecord, withoutMark } from '../run/record/seal-mark.js';
import { thereAt } from './compare-destination.js';
import type { RunToRestore } from './resolve-run.js';

/**
 * Brings the run's record and manifest to a destination that has no record, and replaces nothing there. Gives the path
 * of a manifest that is not the proven one, which does not come.
 */
export async function bringRecord(
  run: RunToRestore,
  root: HeldFolder,
  manifestSha256: string | null,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const folder = await root.enterNew(RECORD_FOLDER);
  try {
    if ((await thereAt(await folder.at(nameIn(RECORD_PATH)))) !== null) return [];
    const [manifest, record] = await Promise.all(
      [MANIFEST_PATH, RECORD_PATH].map((path) => run.bay.transport.readMeta(`${run.targetPath}/${path}`, signal)),
    );
    const isProven = manifest == null || manifestSha256 === null || sha256(manifest) === manifestSha256;
    if (isProven) await writeNew(folder, MANIFEST_PATH, manifest ?? null);
    await writeNew(folder, RECORD_PATH, unmarked(record ?? null));
    return isProven ? [] : [MANIFEST_PATH];
  } finally {
    await folder.close();
  }
}

/** Who sealed the NAS's copy says nothing of the one here. */
function unmarked(data: Uint8Array | null): Uint8Array | null {
  const record = readableRecord(data);
  return record === null ? data : Buffer.from(withoutMark(record));
}

async function writeNew(folder: HeldFolder, path: string, data: Uint8Array | null): Promise<void> {
  if (data === null) return;
  try {
    await durableWrite(await folder.at(nameIn(path)), data, { exclusive: true });
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

const nameIn = (path: string): string => path.slice(RECORD_FOLDER.length + 1);
const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
