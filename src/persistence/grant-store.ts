import { createHash } from 'node:crypto';
import type { Kysely, Transaction } from 'kysely';
import type { Schema } from './schema.js';

/** What a person allowed, and why. */
export interface Grant {
  readonly grantedAt: number;
  readonly operator: string | null;
  readonly reason: string;
}

type Action = Schema['grants']['action'];

/** Another history's copy on the NAS may be set aside and replaced. */
export const REPLACE_NAS_COPY: Action = 'replace_nas_copy';

/** The run may go though it holds no files; of this proof alone, for what another pass finds may be another run. */
export const deleteEmptyRun = (proofId: string): Action => `delete_empty_run:${proofId}`;

/** Files on the NAS that are none of the run's may stay there when it is deleted here: these alone. */
export const keepExtra = (paths: readonly string[]): Action =>
  `keep_extra:${createHash('sha256').update(JSON.stringify(paths.toSorted())).digest('hex')}`;

/** What people allowed for one job. */
export class GrantStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async allow(jobId: string, action: Action, { grantedAt, operator, reason }: Grant): Promise<void> {
    const word = { granted_at: grantedAt, operator, reason };
    await this.#db
      .insertInto('grants')
      .values({ job_id: jobId, action, ...word })
      .onConflict((conflict) => conflict.columns(['job_id', 'action']).doUpdateSet(word))
      .execute();
  }

  async find(jobId: string, action: Action): Promise<Grant | null> {
    const row = await this.#db
      .selectFrom('grants')
      .selectAll()
      .where('job_id', '=', jobId)
      .where('action', '=', action)
      .executeTakeFirst();
    return row === undefined ? null : { grantedAt: row.granted_at, operator: row.operator, reason: row.reason };
  }
}

/** A grant holds for one proven pass: in the pass's own transaction it is used up. */
export async function useUpReplaceGrant(trx: Transaction<Schema>, jobId: string): Promise<void> {
  await trx.deleteFrom('grants').where('job_id', '=', jobId).where('action', '=', REPLACE_NAS_COPY).execute();
}
