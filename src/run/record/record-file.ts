import { constants, type Stats } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../printable.js';
import { shellWord } from '../shell-quote.js';
import { RECORD_FOLDER } from './record-folder.js';
import { invalidRecord } from './record-text.js';

const LARGEST_RECORD_BYTES = 16 * 1024 * 1024;

/** Absent on Windows, where links need a right that few have. */
const NO_FOLLOW = (constants.O_NOFOLLOW as number | undefined) ?? 0;

/** The record's place in a run, and in its copy on the NAS. */
export const RECORD_PATH = '.exlab-wizard/creation.json';

export const recordFile = (runPath: string): string => join(runPath, RECORD_PATH);

export interface RecordFile {
  readonly text: string;
  readonly mode: number;
  readonly owner: { readonly uid: number; readonly gid: number };
}

/**
 * The record's text and what its replacement must keep. Throws `run_not_found`, `record_missing`, or `record_invalid`
 * when it cannot be read or is no plain file in a real folder: through a link, two runs could share one record.
 */
export async function readRecordFile(runPath: string): Promise<RecordFile> {
  const file = recordFile(runPath);
  try {
    expectKind(await lstat(join(runPath, RECORD_FOLDER)), 'isDirectory', join(runPath, RECORD_FOLDER));
    const stats = await lstat(file);
    expectKind(stats, 'isFile', file);
    if (stats.size > LARGEST_RECORD_BYTES) throw invalidRecord(file, `is too large (${stats.size} bytes)`);
    return {
      text: utf8(await readBytes(file), file),
      mode: stats.mode & 0o7777,
      owner: { uid: stats.uid, gid: stats.gid },
    };
  } catch (error) {
    if (error instanceof NasSyncError) throw error;
    throw (await missing(error, runPath)) ?? invalidRecord(file, `cannot be read (${systemCode(error)})`, error);
  }
}

function expectKind(stats: Stats, kind: 'isFile' | 'isDirectory', path: string): void {
  if (stats[kind]()) return;
  const wanted = kind === 'isFile' ? 'a plain file' : 'a folder';
  throw invalidRecord(path, stats.isSymbolicLink() ? `is a link and must be ${wanted}` : `is not ${wanted}`);
}

async function readBytes(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | NO_FOLLOW);
  try {
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

/** `ignoreBOM` keeps the BOM in the text, so that it is written back. */
function utf8(bytes: Buffer, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (error) {
    throw invalidRecord(file, 'is not UTF-8', error);
  }
}

async function missing(error: unknown, runPath: string): Promise<NasSyncError | undefined> {
  if (systemCode(error) !== 'ENOENT' && systemCode(error) !== 'ENOTDIR') return undefined;
  await expectRun(runPath);
  return new NasSyncError(
    'record_missing',
    `the run record ${printable(recordFile(runPath))} is missing: run \`nas-sync adopt ${shellWord(runPath)}\``,
    { cause: error },
  );
}

/** Throws `run_not_found`. */
export async function expectRun(runPath: string): Promise<void> {
  const stats = await stat(runPath).catch(() => undefined);
  if (stats?.isDirectory() === true) return;
  throw new NasSyncError('run_not_found', `there is no run folder at ${printable(runPath)}: check the path`);
}
