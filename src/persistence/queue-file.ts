import { randomUUID } from 'node:crypto';
import { link, lstat, open, rename, rm } from 'node:fs/promises';
import SqliteDatabase, { type Database } from 'better-sqlite3';
import { NasSyncError, systemCode } from '../errors.js';

const HEADER = 'SQLite format 3\0';
/**
 * A file that is no database is never taken for an empty queue.
 * @throws NasSyncError `store_unavailable`
 */
export async function assertQueueFile(file: string): Promise<void> {
  const head = await readHead(file);
  if (head === null || head === HEADER) return;
  throw damagedQueue(file, head.length === 0 ? 'it is empty' : 'it is no SQLite database');
}

/**
 * Makes the file under another name, and gives it its own once it is a database: a first start that is killed leaves no
 * empty file, which would look like a queue that was lost.
 */
export async function makeQueueFile(file: string): Promise<void> {
  if ((await lstat(file).catch(() => null)) !== null) return;
  const fresh = `${file}.${randomUUID()}.new`;
  try {
    const sqlite = new SqliteDatabase(fresh);
    sqlite.pragma(`application_id = ${APPLICATION_ID}`);
    sqlite.close();
    await link(fresh, file).catch(async (error: unknown) => {
      // Another first start was faster, or there are no hard links here.
      if ((await lstat(file).catch(() => null)) === null) await rename(fresh, file);
      else if (systemCode(error) !== 'EEXIST') throw error;
    });
  } finally {
    await rm(fresh, { force: true });
  }
}

/** In the header of each queue: `nasq`. */
const APPLICATION_ID = 0x6e617371;

/** @throws NasSyncError `store_unavailable` for a database of another program */
export function assertOwnTables(sqlite: Database, file: string): void {
  const tables = sqlite.prepare<[], { name: string }>("SELECT name FROM sqlite_master WHERE type = 'table'").all();
  if (tables.length === 0 || tables.some(({ name }) => name === 'kysely_migration')) return;
  throw new NasSyncError(
    'store_unavailable',
    `${file} is the database of another program (it holds the table ${tables[0]?.name ?? ''}); give the queue with --db, or the key database of the config`,
  );
}

/** `null` where there is no file. */
async function readHead(file: string): Promise<string | null> {
  try {
    const handle = await open(file, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(HEADER.length), 0, HEADER.length, 0);
      return buffer.subarray(0, bytesRead).toString('latin1');
    } finally {
      await handle.close();
    }
  } catch (error) {
    // What else is wrong with it, SQLite says.
    if (systemCode(error) !== undefined) return null;
    throw error;
  }
}

/** Whether SQLite found that a file does not hold together, or is none of its own. */
export const isDamage = (error: unknown): boolean => /^SQLITE_(?:CORRUPT|NOTADB)/u.test(systemCode(error) ?? '');

export const damagedQueue = (file: string, why: string, cause?: unknown): NasSyncError =>
  new NasSyncError(
    'store_unavailable',
    `the queue ${file} is damaged (${why}). No run is lost: what is here and on the NAS was not touched, and nothing is deleted without it. To begin anew, move ${file} away with its -wal and -shm, then \`nas-sync rebuild\` makes a queue from the run records`,
    { cause },
  );

/** What has to be said whatever was asked of the queue: its disk has no room left. */
export const fullQueueDisk = (file: string, cause: unknown): NasSyncError =>
  new NasSyncError(
    'store_unavailable',
    `the disk of the queue ${file} is full, so nothing can be written in it; nothing was lost: make room there (some MB will do), then try again`,
    { cause },
  );
