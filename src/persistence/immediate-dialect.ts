import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from 'better-sqlite3';
import {
  CompiledQuery,
  SqliteAdapter,
  SqliteDialect,
  SqliteDriver,
  type DatabaseConnection,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type Transaction,
} from 'kysely';
import type { DiskReserve } from './disk-reserve.js';
import { damagedQueue, fullQueueDisk, isDamage } from './queue-file.js';
import { systemCode, type NasSyncError } from '../errors.js';
import type { Schema } from './schema.js';

/** A transaction found no room, and has some now: it may be tried again. */
class RoomMadeError extends Error {
  readonly full: NasSyncError;

  constructor(full: NasSyncError) {
    super(full.message);
    this.full = full;
  }
}

/** One transaction, which is begun again where it found no room and the reserve was given up for it. */
export async function transact<T>(
  db: Kysely<Schema>,
  act: (transaction: Transaction<Schema>) => Promise<T>,
): Promise<T> {
  const attempt = (): Promise<T> => db.transaction().execute(act);
  return attempt()
    .catch((error: unknown) => {
      if (error instanceof RoomMadeError) return attempt();
      throw error;
    })
    .catch((error: unknown) => {
      throw error instanceof RoomMadeError ? error.full : error;
    });
}

const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 25;

export interface QueueGuard {
  readonly file: string;
  readonly reserve: DiskReserve;
  /** Throws once nothing may be read or written any more. Asked before each query. */
  readonly assertUsable: () => void;
}

/** SQLite through Kysely, as a queue of several processes needs it. */
export class ImmediateDialect extends SqliteDialect {
  readonly #database: Database;
  readonly #guard: QueueGuard;

  constructor(database: Database, guard: QueueGuard) {
    super({ database });
    this.#database = database;
    this.#guard = guard;
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#database, this.#guard);
  }

  override createAdapter(): DialectAdapter {
    return new TransactionalAdapter();
  }
}

/** SQLite can, and Kysely does not say so: a first start that is killed must not leave half a schema. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class ImmediateDriver extends SqliteDriver {
  readonly #database: Database;
  readonly #guard: QueueGuard;

  constructor(database: Database, guard: QueueGuard) {
    super({ database });
    this.#database = database;
    this.#guard = guard;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    const { file, reserve, assertUsable } = this.#guard;
    const execute: DatabaseConnection['executeQuery'] = async (query) => {
      // A rollback has to come through, whatever else may not.
      if (query.sql !== 'rollback') assertUsable();
      return connection.executeQuery(query);
    };
    return {
      executeQuery: async (query) => {
        const wasInTransaction = this.#database.inTransaction;
        try {
          return await withPatience(() => execute(query));
        } catch (error) {
          if (isDamage(error)) throw damagedQueue(file, error instanceof Error ? error.message : String(error), error);
          if (!reserve.isWhy(error)) throw error;
          const roomMade = reserve.giveUp();
          if (!roomMade) throw fullQueueDisk(file, error);
          if (wasInTransaction) throw new RoomMadeError(fullQueueDisk(file, error));
          return withPatience(() => execute(query));
        }
      },
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
  }

  /** SQLite ends a transaction by itself where there is no room for it. Its own error is the one to tell. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.inTransaction) await super.rollbackTransaction(connection);
  }

  /** A deferred `begin` that reads and then writes fails with SQLITE_BUSY at once, whatever the busy timeout says. */
  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'));
  }
}

/**
 * Waits for the lock without blocking the thread: two clients in one process would else wait for each other, one for
 * the lock and the other for its turn. Inside an immediate transaction nothing is ever busy, so no step is done twice.
 */
async function withPatience<T>(act: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await act();
    } catch (error) {
      if (systemCode(error)?.startsWith('SQLITE_BUSY') !== true || performance.now() > deadline) throw error;
      await sleep(1 + Math.random() * LONGEST_PAUSE_MS);
    }
  }
}
