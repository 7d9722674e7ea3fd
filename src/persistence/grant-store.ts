import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** What a person allowed, and why. */
export interface Grant {
  readonly grantedAt: number;
  readonly operator: string | null;
  readonly reason: string;
}

/** Of this proof alone: what another pass finds may be another run. */
const emptyRun = (proofId: string) => `delete_empty_run:${proofId}` as const;

/** Words of people that an interlock asks for. */
export class GrantStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** The run may go though it holds no files. */
  async allowEmpty(jobId: string, proofId: string, { grantedAt, operator, reason }: Grant): Promise<void> {
    const word = { granted_at: grantedAt, operator, reason };
    await this.#db
      .insertInto('grants')
      .values({ job_id: jobId, action: emptyRun(proofId), ...word })
      .onConflict((conflict) => conflict.columns(['job_id', 'action']).doUpdateSet(word))
      .execute();
  }

  async emptyAllowed(jobId: string, proofId: string): Promise<Grant | null> {
    const row = await this.#db
      .selectFrom('grants')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('action', '=', emptyRun(proofId))
      .executeTakeFirst();
    return row === undefined ? null : { grantedAt: row.granted_at, operator: row.operator, reason: row.reason };
  }
}
