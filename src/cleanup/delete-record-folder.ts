import { constants } from 'node:fs';
import { open, readdir, rename, unlink } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { systemCode } from '../errors.js';
import { acting, type Faults } from '../faults.js';
import type { Kept } from '../machines/job-types.js';
import type { RunEntry } from '../run/entry.js';
import type { HeldFolder } from '../run/fs/folder-handle.js';
import { within } from '../run/fs/for-each-below.js';
import { removeLeftovers } from '../run/fs/temp-files.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { RECORD_PATH, recordFile } from '../run/record/record-file.js';
import { OWN_PREFIX, RECORD_FOLDER } from '../run/record/record-folder.js';
import { withRecordLock } from '../run/record/record-lock.js';
import { parseRecord } from '../run/record/record-text.js';
import { rawMarkOf, readableRecord, recordForNas } from '../run/record/seal-mark.js';
import { walkRun } from '../run/walk.js';
import { putBack } from './disposal.js';
import { removeEmpty } from './trash.js';

/** How a run's record folder leaves. */
export interface RecordRemoval {
  /** The bytes that the NAS holds at this path of the run, or `null`. */
  readonly onNas: (path: string) => Promise<Uint8Array | null>;
  /** Throws where the job went to another process meanwhile. Asked right before each file and folder goes. */
  readonly stillOurs: () => Promise<void>;
  readonly faults: Faults;
}

/** The manifest goes before the record: without that the gate would stop the run for good. */
const NAMES = [MANIFEST_PATH, RECORD_PATH].map((path) => basename(path));
const LOCK = `${basename(RECORD_PATH)}.lock`;
const LOCK_WAIT_MS = 10_000;
/** Under this name a file is looked at last: nobody can put another in its place. */
const ASIDE = `${OWN_PREFIX}gone-`;
const READ_ONLY = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Empties the record folder of what the NAS holds as it is here; the rest stays, and the record with it. */
export function emptyRecords(records: HeldFolder, runPath: string, removal: RecordRemoval): Promise<Kept[]> {
  // Under the lock of the record: who changes it does so before or not at all.
  return withRecordLock(recordFile(runPath), LOCK_WAIT_MS, async () => {
    await removeLeftovers(join(runPath, RECORD_FOLDER));
    const { entries, refused } = await walkRun(join(runPath, RECORD_FOLDER));
    const others = entries.filter(({ path }) => !NAMES.includes(path) && !path.endsWith('.lock'));
    const kept: Kept[] = [
      ...refused.map(({ path, message }) => ({ path: inRecords(path), reason: message })),
      ...others.filter(isLink).map(({ path }) => ({ path: inRecords(path), reason: 'a link, which the NAS lacks' })),
    ];
    const release = async (files: readonly RunEntry[]) => {
      for (const stays of await releaseAll(records, files, removal)) kept.push(stays);
    };
    await release(others.filter(isFile));
    if (kept.length > 0) return kept;
    await removal.stillOurs();
    await removeEmpty(records, others.filter(isFolder).toReversed());
    const strange = (await readdir(await records.at('.'))).filter((name) => !NAMES.includes(name) && name !== LOCK);
    kept.push(...strange.map((name) => ({ path: inRecords(name), reason: 'it is none of our files' })));
    for (const name of NAMES) {
      if (kept.length > 0) return kept;
      await release(entries.filter(({ path }) => path === name));
    }
    return kept;
  });
}

/** Gives files their names back that a killed process was about to delete. */
export async function putRecordsBack(runPath: string): Promise<void> {
  const folder = join(runPath, RECORD_FOLDER);
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(ASIDE))) {
    await putBack(join(folder, name), join(folder, name.slice(ASIDE.length)));
  }
}

const isFile = ({ kind }: RunEntry): boolean => kind === 'file';
const isLink = ({ kind }: RunEntry): boolean => kind === 'link';
const isFolder = ({ kind }: RunEntry): boolean => kind === 'folder';
const inRecords = (path: string): string => printable(`${RECORD_FOLDER}/${path}`);

async function releaseAll(
  records: HeldFolder,
  files: readonly RunEntry[],
  { onNas, stillOurs, faults }: RecordRemoval,
): Promise<Kept[]> {
  const kept: Kept[] = [];
  await within(records, files, {
    pathOf: ({ path }) => path,
    onLost: ({ path }, error) => {
      kept.push({ path: inRecords(path), reason: `it cannot be reached (${systemCode(error) ?? String(error)})` });
    },
    act: async ({ path }, folder, name) => {
      const there = await onNas(`${RECORD_FOLDER}/${path}`);
      // After the NAS has answered, which may take long.
      await stillOurs();
      const [from, aside] = [await folder.at(name), await folder.at(`${ASIDE}${name}`)];
      await rename(from, aside);
      if (there !== null && sameText(path, await contentOf(aside), there)) {
        await acting(faults, 'unlink-record', async () => unlink(await folder.at(`${ASIDE}${name}`)));
        return;
      }
      await putBack(aside, from);
      kept.push({ path: inRecords(path), reason: 'the NAS does not hold it as it is here' });
    },
  });
  return kept;
}

async function contentOf(file: string): Promise<Buffer> {
  const handle = await open(file, READ_ONLY);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** The record on the NAS says `cleaned` already, and who sealed it; the one here says `cleaned` last. */
function sameText(path: string, here: Buffer, there: Uint8Array): boolean {
  if (path !== basename(RECORD_PATH)) return here.equals(there);
  const sealed = readableRecord(there);
  if (sealed === null) return false;
  const record = parseRecord(here.toString('utf8'), RECORD_PATH);
  return Buffer.from(recordForNas(record, 'cleaned', rawMarkOf(sealed))).equals(there);
}
