import { lstat, readdir, readFile, rmdir, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import { printable } from '../run/display.js';
import type { RunEntry } from '../run/entry.js';
import { HeldFolder } from '../run/held-folder.js';
import { removeLeftovers } from '../run/leftovers.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { recordTextWith } from '../run/record.js';
import { RECORD_PATH, recordFile } from '../run/record-file.js';
import { RECORD_FOLDER, walkRecordFolder } from '../run/record-folder.js';
import { withRecordLock } from '../run/record-lock.js';
import { parseRecord } from '../run/record-text.js';
import { walkRun } from '../run/walk.js';
import { within } from '../run/within.js';

const NAMES = [MANIFEST_PATH, RECORD_PATH].map((path) => basename(path));
const LOCK = `${basename(RECORD_PATH)}.lock`;
const LOCK_WAIT_MS = 10_000;

/** The bytes that the NAS holds at this path of the run, or `null`. */
type OnNas = (path: string) => Promise<Uint8Array | null>;

/**
 * Removes the emptied run itself with its record folder. What a host keeps beside the record goes only if the NAS holds
 * the same bytes; manifest and record, which the NAS holds sealed, go last, and only if nothing else stays.
 */
export async function removeRun(runPath: string, onNas: OnNas, faults: Faults): Promise<Kept[]> {
  const run = await held(() => HeldFolder.open(runPath));
  if (run === null) return [];
  try {
    const records = await held(() => run.enter(RECORD_FOLDER));
    if (records !== null) {
      const kept = await emptied(records, runPath, onNas, faults).finally(() => records.close());
      if (kept.length > 0) return kept;
      const stays = await removeFolder(await run.at(RECORD_FOLDER), RECORD_FOLDER, faults);
      if (stays !== null) return [stays];
    }
    const stays = await removeFolder(runPath, runPath, faults);
    return stays === null ? [] : [stays];
  } finally {
    await run.close();
  }
}

/** Under the lock of the record: who changes it does so before or not at all. */
function emptied(records: HeldFolder, runPath: string, onNas: OnNas, faults: Faults): Promise<Kept[]> {
  return withRecordLock(recordFile(runPath), LOCK_WAIT_MS, async () => {
    await removeLeftovers(join(runPath, RECORD_FOLDER));
    const { entries, refused } = await walkRun(join(runPath, RECORD_FOLDER));
    const kept: Kept[] = refused.map(({ path, message }) => ({ path: inRecords(path), reason: message }));
    const others = entries.filter(({ path }) => !NAMES.includes(path) && !path.endsWith('.lock'));
    const links = others.filter(({ kind }) => kind === 'link');
    kept.push(...links.map(({ path }) => ({ path: inRecords(path), reason: 'a link, which the NAS does not hold' })));
    const release = (files: readonly RunEntry[]) =>
      within(records, files, {
        pathOf: ({ path }) => path,
        onLost: ({ path }, error) => {
          kept.push({ path: inRecords(path), reason: `it cannot be reached (${systemCode(error) ?? String(error)})` });
        },
        act: async ({ path }, folder, name) => {
          const there = await onNas(`${RECORD_FOLDER}/${path}`);
          const here = await readFile(await folder.at(name));
          if (there !== null && sameText(path, here, there)) {
            await acting(faults, 'unlink-record', async () => unlink(await folder.at(name)));
          } else kept.push({ path: inRecords(path), reason: 'the NAS does not hold it as it is here' });
        },
      });
    await release(others.filter(({ kind }) => kind === 'file'));
    if (kept.length > 0) return kept;
    await within(records, others.filter(({ kind }) => kind === 'folder').toReversed(), {
      pathOf: ({ path }) => path,
      onLost: () => undefined,
      act: async (_, folder, name) => rmdir(await folder.at(name)).catch(() => undefined),
    });
    // Before the record goes: without it the gate would stop the run for good.
    const strange = (await readdir(await records.at('.'))).filter((name) => !NAMES.includes(name) && name !== LOCK);
    if (strange.length > 0)
      return strange.map((name) => ({ path: inRecords(name), reason: 'it is none of our files' }));
    await release(entries.filter(({ kind, path }) => kind === 'file' && NAMES.includes(path)));
    return kept;
  });
}

/** The record on the NAS says `cleaned` already; the one here says so last. */
function sameText(path: string, here: Buffer, there: Uint8Array): boolean {
  if (path !== basename(RECORD_PATH)) return here.equals(there);
  const record = parseRecord(here.toString('utf8'), RECORD_PATH);
  return Buffer.from(recordTextWith(record, [{ path: ['sync_status'], value: 'cleaned' }])).equals(there);
}

const inRecords = (path: string): string => printable(`${RECORD_FOLDER}/${path}`);

async function removeFolder(folder: string, path: string, faults: Faults): Promise<Kept | null> {
  try {
    await acting(faults, 'remove-run', () => rmdir(folder));
    return null;
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    return { path: printable(path), reason: `it cannot be removed (${systemCode(error) ?? String(error)})` };
  }
}

/** `null` where it is gone. */
async function held(open: () => Promise<HeldFolder>): Promise<HeldFolder | null> {
  try {
    return await open();
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
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
