import type { Kysely, Selectable, Transaction } from 'kysely';
import { inChunks } from './digest-store.js';
import type { Schema } from './schema.js';
import { transact } from './immediate-dialect.js';

export type PushedName = Omit<Selectable<Schema['pushed_names']>, 'job_id'>;

/** A file that left the run before its deletion began. Times are in ms since the epoch. */
export interface Removal {
  readonly id: number;
  readonly path: string;
  /** A folder at the run's place, below which the NAS's copy has the same path; `null`: the NAS held none, or was not asked yet. */
  readonly setAsideTo: string | null;
  readonly at: number;
  /** `null` where nobody said so, and the file was found gone. */
  readonly operator: string | null;
  readonly reason: string;
  readonly isDone: boolean;
  /** Some pass has proven the run without it. */
  readonly isProven: boolean;
}

export type NewRemoval = Pick<Removal, 'path' | 'setAsideTo' | 'at' | 'operator' | 'reason'>;

/** What a job put on the NAS, and what of it left the run since. */
export class RemovalStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** In the order in which they were found or told. */
  async list(jobId: string): Promise<Removal[]> {
    const rows = await this.#db
      .selectFrom('removed_files')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('id')
      .execute();
    return rows.map((row) => ({
      id: row.id,
      path: row.path,
      setAsideTo: row.set_aside_to,
      at: row.at,
      operator: row.operator,
      reason: row.reason,
      isDone: row.is_done === 1,
      isProven: row.proof_id !== null,
    }));
  }

  async add(jobId: string, removals: readonly NewRemoval[]): Promise<void> {
    await transact(this.#db, async (trx) => {
      for (const chunk of inChunks(removals)) {
        const rows = chunk.map(({ path, setAsideTo, at, operator, reason }) => ({
          ...{ job_id: jobId, path, set_aside_to: setAsideTo, at, operator, reason },
        }));
        await trx.insertInto('removed_files').values(rows).execute();
      }
    });
  }

  /** Where these are being set aside: written before it is done. */
  async plan(ids: readonly number[], setAsideTo: string): Promise<void> {
    await this.#each(ids, (trx, chunk) =>
      trx.updateTable('removed_files').set({ set_aside_to: setAsideTo }).where('id', 'in', chunk).execute(),
    );
  }

  async finish(ids: readonly number[]): Promise<void> {
    await this.#each(ids, (trx, chunk) =>
      trx.updateTable('removed_files').set({ is_done: 1 }).where('id', 'in', chunk).execute(),
    );
  }

  /** They are in the run again. */
  async drop(ids: readonly number[]): Promise<void> {
    await this.#each(ids, (trx, chunk) => trx.deleteFrom('removed_files').where('id', 'in', chunk).execute());
  }

  async pushedNames(jobId: string): Promise<PushedName[]> {
    return this.#db.selectFrom('pushed_names').select(['path', 'kind']).where('job_id', '=', jobId).execute();
  }

  /** Written before they are pushed: a push that is cut off knows what it may have left. */
  async addPushedNames(jobId: string, names: readonly PushedName[]): Promise<void> {
    if (names.length === 0) return;
    await transact(this.#db, async (trx) => {
      for (const chunk of inChunks(names)) {
        await trx
          .insertInto('pushed_names')
          .values(chunk.map(({ path, kind }) => ({ job_id: jobId, path, kind })))
          .onConflict((conflict) =>
            conflict.columns(['job_id', 'path']).doUpdateSet((row) => ({ kind: row.ref('excluded.kind') })),
          )
          .execute();
      }
    });
  }

  async forgetPushedNames(jobId: string, paths: readonly string[]): Promise<void> {
    await this.#each(paths, (trx, chunk) =>
      trx.deleteFrom('pushed_names').where('job_id', '=', jobId).where('path', 'in', chunk).execute(),
    );
  }

  /** Files whose digests are stored need no other note. */
  async forgetPushedFiles(jobId: string): Promise<void> {
    await this.#db.deleteFrom('pushed_names').where('job_id', '=', jobId).where('kind', '=', 'file').execute();
  }

  async #each<T>(
    items: readonly T[],
    act: (trx: Transaction<Schema>, chunk: readonly T[]) => Promise<unknown>,
  ): Promise<void> {
    if (items.length === 0) return;
    await transact(this.#db, async (trx) => {
      for (const chunk of inChunks(items)) await act(trx, chunk);
    });
  }
}

/** In the pass's own transaction: this one is the first that proves the run without them. */
export async function noteProvenRemovals(trx: Transaction<Schema>, jobId: string, proofId: string): Promise<void> {
  await trx
    .updateTable('removed_files')
    .set({ proof_id: proofId })
    .where('job_id', '=', jobId)
    .where('proof_id', 'is', null)
    .where('is_done', '=', 1)
    .execute();
}
