import type { Kysely } from 'kysely';
import type { Schema } from './schema.js';

/** What this queue knows of the seals that it wrote for a job, or was about to write. */
export interface KnownSeals {
  /** Ids of passes. */
  readonly passes: ReadonlySet<string>;
  /** SHA-256 of the manifests that its proofs stand on. */
  readonly manifests: ReadonlySet<string>;
}

/** Which seals on the NAS are this queue's own. */
export class SealStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** Random, and made with the database; a copy of the database has the same. */
  async queueId(): Promise<string> {
    const row = await this.#db.selectFrom('queue_identity').select('queue_id').executeTakeFirstOrThrow();
    return row.queue_id;
  }

  /** Written before the seal is: one that a crash cuts off from its proof must not look like somebody else's. */
  async plan(passId: string, jobId: string, at: number): Promise<void> {
    await this.#db.insertInto('planned_seals').values({ pass_id: passId, job_id: jobId, planned_at: at }).execute();
  }

  async known(jobId: string): Promise<KnownSeals> {
    const planned = await this.#db.selectFrom('planned_seals').select('pass_id').where('job_id', '=', jobId).execute();
    const proven = await this.#db
      .selectFrom('proofs')
      .select(['proof_id', 'manifest_sha256'])
      .where('job_id', '=', jobId)
      .execute();
    return {
      passes: new Set([...planned.map((row) => row.pass_id), ...proven.map((row) => row.proof_id)]),
      manifests: new Set(proven.map((row) => row.manifest_sha256)),
    };
  }
}
