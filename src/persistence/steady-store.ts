import type { Kysely } from 'kysely';
import type { Uptime } from '../clock.js';
import type { Schema } from './schema.js';
import { transact } from './immediate-dialect.js';

/**
 * A clock that no setting of the wall clock moves. While the machine stays up it advances by its uptime, whichever
 * process looks; only what passed while it was down is taken from the wall clock, and never backwards.
 */
export class SteadyStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The steady time now, in ms since the queue was first looked at. Both arguments are of this moment. */
  async advance(uptime: Uptime, wall: number): Promise<number> {
    return transact(this.#db, async (trx) => {
      const now = await steadyNow(trx, uptime, wall);
      const seen = { steady_ms: now, boot: uptime.boot, uptime_ms: Math.round(uptime.ms), wall_ms: Math.round(wall) };
      await trx
        .insertInto('steady_clock')
        .values({ id: 1, ...seen })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(seen))
        .execute();
      return now;
    });
  }

  /** The same, without keeping it: to read needs no room on a full disk. */
  read(uptime: Uptime, wall: number): Promise<number> {
    return steadyNow(this.#db, uptime, wall);
  }
}

async function steadyNow(db: Kysely<Schema>, uptime: Uptime, wall: number): Promise<number> {
  const row = await db.selectFrom('steady_clock').selectAll().executeTakeFirst();
  if (row === undefined) return 0;
  const passed = row.boot === uptime.boot ? uptime.ms - row.uptime_ms : wall - row.wall_ms;
  return Math.round(row.steady_ms + Math.max(0, passed));
}
