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
} from 'kysely';
import { damagedQueue, isDamage } from './queue-file.js';
import { systemCode } from '../errors.js';

const PATIENCE_MS = 30_000;
const LONGEST_PAUSE_MS = 25;

export interface QueueGuard {
  readonly file: string;
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
  readonly #guard: QueueGuard;

  constructor(database: Database, guard: QueueGuard) {
    super({ database });
    this.#guard = guard;
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    const connection = await super.acquireConnection();
    return {
      executeQuery: async (query) => {
        try {
          return await withPatience(() => {
            // A rollback has to come through, whatever else may not.
            if (query.sql !== 'rollback') this.#guard.assertUsable();
            return connection.executeQuery(query);
          });
        } catch (error) {
          if (!isDamage(error)) throw error;
          throw damagedQueue(this.#guard.file, error instanceof Error ? error.message : String(error), error);
        }
      },
      streamQuery: (query, chunkSize) => connection.streamQuery(query, chunkSize),
    };
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
