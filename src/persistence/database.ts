import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import SqliteDatabase from 'better-sqlite3';
import { Kysely, Migrator } from 'kysely';
import { NasSyncError, systemCode } from '../errors.js';
import { makeFolder } from '../run/make-folder.js';
import { ImmediateDialect } from './immediate-dialect.js';
import { queueMigration } from './migrations/0001-queue.js';
import { otherHashMigration } from './migrations/0002-other-hash.js';
import { lettingGoMigration } from './migrations/0003-letting-go.js';
import { historyMigration } from './migrations/0004-history.js';
import { namesMigration } from './migrations/0005-names.js';
import { assertOwnTables, assertQueueFile, damagedQueue, isDamage, makeQueueFile } from './queue-file.js';
import type { Schema } from './schema.js';

/** Embedded rather than read from a folder: a bundle or an Electron archive has no folder to read. */
const MIGRATIONS = {
  '0001-queue': queueMigration,
  '0002-other-hash': otherHashMigration,
  '0003-letting-go': lettingGoMigration,
  '0004-history': historyMigration,
  '0005-names': namesMigration,
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
  close(): Promise<void>;
}

/** Opens the queue, makes it if there is none, and brings it to this release's schema. */
export async function openDatabase(file: string): Promise<OpenDatabase> {
  const sqlite = await connect(file);
  const guard = { file, assertUsable: (): void => undefined };
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

async function connect(file: string): Promise<SqliteDatabase.Database> {
  try {
    await makeFolder(dirname(file));
    await assertQueueFile(file);
    await makeQueueFile(file);
    const sqlite = new SqliteDatabase(file, { timeout: BUSY_TIMEOUT_MS });
    assertOwnTables(sqlite, file);
    await switchToWal(sqlite);
    // better-sqlite3 turns WAL into synchronous=NORMAL, which may lose the last commits in a power cut.
    sqlite.pragma('synchronous = FULL');
    sqlite.pragma(`journal_size_limit = ${WAL_SIZE_LIMIT_BYTES}`);
    sqlite.pragma('foreign_keys = ON');
    return sqlite;
  } catch (error) {
    throw openError(file, error);
  }
}

/** The switch needs the file for itself and does not wait for it, so two first starts at once meet SQLITE_BUSY here. */
async function switchToWal(sqlite: SqliteDatabase.Database): Promise<void> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      sqlite.pragma('journal_mode = WAL');
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
