import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import { NasSyncError, systemCode } from '../errors.js';

const HEADER = 'SQLite format 3\0';
/** Another process may be making it at this moment: SQLite first opens the file, and writes its header a little later. */
const TRIES = 40;
const PAUSE_MS = 50;

/**
 * A file that is no database is never taken for an empty queue.
 * @throws NasSyncError `store_unavailable`
 */
export async function assertQueueFile(file: string): Promise<void> {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const head = await readHead(file);
    if (head === null || head === HEADER) return;
    if (head.length > 0) break;
    await sleep(PAUSE_MS);
  }
  const head = (await readHead(file)) ?? HEADER;
  if (head !== HEADER) throw damagedQueue(file, head.length === 0 ? 'it is empty' : 'it is no SQLite database');
}

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
