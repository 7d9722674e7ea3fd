import { randomUUID } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isoTime, systemClock, type Clock } from '../../clock.js';
import { isDiskFull, NasSyncError, systemCode } from '../../errors.js';
import { durableWrite, syncFolder } from '../fs/durable-write.js';
import { removeLeftovers } from '../fs/temp-files.js';
import { printable } from '../printable.js';
import { editJson, type JsonChange } from './json-edit.js';
import { expectRun, readRecordFile, RECORD_PATH, recordFile } from './record-file.js';
import { withRecordLock } from './record-lock.js';
import { invalidRecord, parseRecord, splitBom, type RunRecord, type SyncStatus } from './record-text.js';

export { type RunRecord, type SyncStatus } from './record-text.js';
export type { JsonChange } from './json-edit.js';

const LOCK_WAIT_MS = 10_000;
const MOST_TRIES = 5;
/** A failing disk says nothing about the record. */
const PASSING = new Set(['EIO', 'EMFILE', 'ENFILE']);

/** Throws `record_missing`, `record_invalid` or `run_not_found`. */
export async function readRecord(runPath: string): Promise<RunRecord> {
  const { text } = await readRecordFile(runPath);
  return parseRecord(text, recordFile(runPath));
}

/**
 * Reads, changes and writes the record under its lock; all that no change names stays byte for byte. Nothing is written
 * when nothing changes. `change` may be called again with a newer record, so it must depend on its argument alone.
 * Throws as {@link readRecord}, `record_busy`, and `record_invalid` when the record cannot be written or take the
 * change.
 */
export async function updateRecord(
  runPath: string,
  change: (record: RunRecord) => readonly JsonChange[],
  { lockWaitMs = LOCK_WAIT_MS }: { lockWaitMs?: number } = {},
): Promise<RunRecord> {
  const file = recordFile(runPath);
  // Before the lock, which would else be made inside a folder that is a link. What needs no change needs no lock either,
  // and nothing of a full disk.
  const { text } = await readRecordFile(runPath);
  const record = parseRecord(text, file);
  if (edit(text, change(record), file) === text) return record;
  return writing(file, () => withRecordLock(file, lockWaitMs, () => readChangeWrite(runPath, change)));
}

async function readChangeWrite(
  runPath: string,
  change: (record: RunRecord) => readonly JsonChange[],
): Promise<RunRecord> {
  const file = recordFile(runPath);
  await removeLeftovers(dirname(file));
  for (let tries = 0; tries < MOST_TRIES; tries += 1) {
    const { text, mode, owner } = await readRecordFile(runPath);
    const record = parseRecord(text, file);
    const edited = edit(text, change(record), file);
    if (edited === text) return record;
    if (await replace(runPath, text, edited, { mode, owner })) return parseRecord(edited, file);
  }
  throw new NasSyncError('record_busy', `another program keeps changing the run record ${printable(file)}: try again`);
}

function edit(text: string, changes: readonly JsonChange[], file: string): string {
  const { bom, json } = splitBom(text);
  try {
    return bom + editJson(json, changes);
  } catch (error) {
    throw invalidRecord(file, `cannot take the change, ${printable((error as Error).message)}`, error);
  }
}

/** The record's text with these changes, not written anywhere. Throws `record_invalid` where it cannot take them. */
export const recordTextWith = (record: RunRecord, changes: readonly JsonChange[]): string =>
  edit(record.text, changes, RECORD_PATH);

class RecordMoved extends Error {}

/** `false`, and no write, when the record is no longer `from`: a host may write it without knowing our lock. */
async function replace(
  runPath: string,
  from: string,
  to: string,
  keep: { mode: number; owner: { uid: number; gid: number } },
): Promise<boolean> {
  const beforeNaming = async (): Promise<void> => {
    if ((await readRecordFile(runPath)).text !== from) throw new RecordMoved();
  };
  try {
    await durableWrite(recordFile(runPath), to, { ...keep, beforeNaming });
    return true;
  } catch (error) {
    if (error instanceof RecordMoved) return false;
    throw error;
  }
}

/**
 * Gives a run that has no record one: status `pending`, a new run id. Throws `not_allowed` when there is a record
 * already, readable or not, `run_not_found`, and `record_invalid` when it cannot be written.
 */
export async function createRecord(
  runPath: string,
  fields: { runKind?: string | undefined } = {},
  clock: Clock = systemClock,
): Promise<RunRecord> {
  const file = recordFile(runPath);
  const record = {
    schema_version: '1.0',
    created_by: 'nas-sync adopt',
    created_at: isoTime(clock.now()),
    ...(fields.runKind === undefined ? {} : { run_kind: fields.runKind }),
    sync_status: 'pending' satisfies SyncStatus,
    nas_sync_run_id: randomUUID(),
  };
  const text = `${JSON.stringify(record, null, 2)}\n`;
  await expectRun(runPath);
  await writing(file, async () => {
    await makeFolder(dirname(file));
    await durableWrite(file, text, { exclusive: true });
  });
  return parseRecord(text, file);
}

async function makeFolder(folder: string): Promise<void> {
  await mkdir(folder).catch(async (error: unknown) => {
    if (systemCode(error) !== 'EEXIST') throw error;
    if (!(await lstat(folder)).isDirectory()) throw invalidRecord(folder, 'is not a folder', error);
  });
  await syncFolder(dirname(folder));
}

async function writing<T>(file: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof NasSyncError || systemCode(error) === undefined) throw error;
    if (systemCode(error) === 'EEXIST') {
      throw new NasSyncError('not_allowed', `the run has a record already, ${printable(file)}: it stays`, {
        cause: error,
      });
    }
    if (isDiskFull(error)) {
      throw new NasSyncError(
        'unknown',
        `the run record ${printable(file)} cannot be written: its disk is full (${systemCode(error)}); make room there, as \`nas-sync clean\` does for runs that are proven, then try again`,
        { cause: error },
      );
    }
    if (PASSING.has(systemCode(error) ?? '')) {
      throw new NasSyncError(
        'unknown',
        `the run record ${printable(file)} cannot be written now (${systemCode(error)})`,
        {
          cause: error,
        },
      );
    }
    throw invalidRecord(file, `cannot be written (${systemCode(error)})`, error);
  }
}
