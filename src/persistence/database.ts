import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { Kysely, Migrator } from 'kysely';
import { NasSyncError, systemCode } from '../errors.js';
import { makeFolder } from '../run/fs/make-folder.js';
import { DiskReserve } from './disk-reserve.js';
import { ImmediateDialect } from './immediate-dialect.js';
import { queueMigration } from './migrations/0001-queue.js';
import { otherHashMigration } from './migrations/0002-other-hash.js';
import { lettingGoMigration } from './migrations/0003-cleanup.js';
import { historyMigration } from './migrations/0004-history.js';
import { namesMigration } from './migrations/0005-names.js';
import { modesMigration } from './migrations/0006-modes.js';
import {
  assertOwnTables,
  assertQueueFile,
  damagedQueue,
  fullQueueDisk,
  isDamage,
  makeQueueFile,
} from './queue-file.js';
import type { Schema } from './schema.js';

/** Embedded rather than read from a folder: a bundle or an Electron archive has no folder to read. */
const MIGRATIONS = {
  '0001-queue': queueMigration,
  '0002-other-hash': otherHashMigration,
  '0003-letting-go': lettingGoMigration,
  '0004-history': historyMigration,
  '0005-names': namesMigration,
  '0006-modes': modesMigration,
};

/** Short: it blocks the whole thread, and the one who holds the lock may be another client on it. See withPatience. */
const BUSY_TIMEOUT_MS = 10;
const WAL_SIZE_LIMIT_BYTES = 64 * 1024 * 1024;

export interface OpenDatabase {
  readonly file: string;
  readonly db: Kysely<Schema>;
  /** Changes whenever another connection has committed; reading it touches no row. */
  dataVersion(): number;
  /** What SQLite finds wrong with the file as a whole, or `null`. Reads all of it. */
  findDamage(): string | null;
  readonly reserve: DiskReserve;
  close(): Promise<void>;
}

/**
 * Opens the queue, makes it if there is none, and brings it to this release's schema.
 * @param drives whether work is done with it. On a full disk, the reserve is kept for that: else it is only read.
 */
export async function openDatabase(file: string, { drives = true } = {}): Promise<OpenDatabase> {
  const reserve = new DiskReserve(file);
  const sqlite = await connectWithReserve(file, drives, reserve);
  const guard = { file, reserve, assertUsable: (): void => undefined };
  const db = new Kysely<Schema>({ dialect: new ImmediateDialect(sqlite, guard) });
  try {
    await migrate(db, file);
    guard.assertUsable = notMigratedFurther(sqlite, file);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    file,
    db,
    dataVersion: () => sqlite.pragma('data_version', { simple: true }) as number,
    findDamage: () => damageIn(sqlite),
    reserve,
    close: () => db.destroy(),
  };
}

function damageIn(sqlite: SqliteDatabase.Database): string | null {
  try {
    const found = sqlite.pragma('quick_check(1)', { simple: true });
    return found === 'ok' ? null : String(found);
  } catch (error) {
    if (!isDamage(error)) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** A newer release may migrate the queue while this process runs; what it means by a row then, this one cannot know. */
function notMigratedFurther(sqlite: SqliteDatabase.Database, file: string): () => void {
  const newest = sqlite.prepare<[], { name: string }>('SELECT name FROM kysely_migration ORDER BY name DESC LIMIT 1');
  return () => {
    const { name = '' } = newest.get() ?? {};
    if (Object.hasOwn(MIGRATIONS, name)) return;
    throw new NasSyncError(
      'store_newer',
      `a newer release of nas-sync has changed ${file} while this process ran, so it works on it no more: update this one, and start it again`,
    );
  };
}

/**
 * The first process on a queue needs blocks for SQLite's index of the log. On a full disk, one that works gets them from
 * the reserve. One that reads keeps the index in its memory, which needs the queue for itself alone.
 */
async function connectWithReserve(
  file: string,
  drives: boolean,
  reserve: DiskReserve,
): Promise<SqliteDatabase.Database> {
  try {
    return await connect(file, false).catch((error: unknown) => {
      if (!reserve.isWhy(error) || (drives && !reserve.giveUp())) throw error;
      return connect(file, !drives);
    });
  } catch (error) {
    throw reserve.isWhy(error) ? fullQueueDisk(file, error) : openError(file, error);
  }
}

async function connect(file: string, alone: boolean): Promise<SqliteDatabase.Database> {
  await makeFolder(dirname(file));
  await assertQueueFile(file);
  await makeQueueFile(file);
  const sqlite = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
  try {
    if (alone) sqlite.pragma('locking_mode = EXCLUSIVE');
    await withTurn(() => assertOwnTables(sqlite, file));
    await withTurn(() => sqlite.pragma('journal_mode = WAL'));
    // better-sqlite3 turns WAL into synchronous=NORMAL, which may lose the last commits in a power cut.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`);
    sqlite.pragma('foreign_keys = ON');
    return sqlite;
  } catch (error) {
    sqlite.close();
    throw error;
  }
}

/**
 * The switch to WAL needs the file for itself and does not wait for it, so two first starts at once meet SQLITE_BUSY
 * here; so does whoever comes while the disk is full and another reads.
 */
async function withTurn(act: () => unknown): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      act();
      return;
    } catch (error) {
      if (systemCode(error)?.startsWith('SQLITE_BUSY') !== true || attempt === 100) throw error;
      await sleep(50);
    }
  }
}

function openError(file: string, error: unknown): NasSyncError {
  if (error instanceof NasSyncError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (message.includes('Could not locate the bindings file') || systemCode(error) === 'ERR_DLOPEN_FAILED') {
    return new NasSyncError(
      'store_unavailable',
      'better-sqlite3 has no binary for this Node: run `npm rebuild better-sqlite3` (npm 12 blocks install scripts: `npm install-scripts approve better-sqlite3` first)',
      { cause: error },
    );
  }
  if (isDamage(error)) return damagedQueue(file, message, error);
  return new NasSyncError(
    'store_unavailable',
    `cannot open the queue database ${file}: ${message}; check the path and its permissions, or choose another with --db`,
    { cause: error },
  );
}

async function migrate(db: Kysely<Schema>, file: string): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return;
  const message = error instanceof Error ? error.message : JSON.stringify(error);
  if (message.includes('corrupted migrations')) {
    throw new NasSyncError('store_newer', `${file} was written by a newer release of nas-sync: update this one`, {
      cause: error,
    });
  }
  if (isDamage(error)) throw damagedQueue(file, message, error);
  throw new NasSyncError('store_unavailable', `cannot prepare the queue database ${file}: ${message}`, {
    cause: error,
  });
}
