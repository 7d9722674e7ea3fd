import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** Which identity token each target had at first contact. */
export class TargetStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async tokenOf(place: string): Promise<string | null> {
    const row = await this.#db.selectFrom('targets').select('token').where('place', '=', place).executeTakeFirst();
    return row?.token ?? null;
  }

  /** Remembers the token unless one is known already; answers with the one that is known now. */
  async remember(place: string, token: string, at: number): Promise<string> {
    await this.#db
      .insertInto('targets')
      .values({ place, token, first_seen_at: at })
      .onConflict((conflict) => conflict.column('place').doNothing())
      .execute();
    return (await this.tokenOf(place)) ?? token;
  }
}
