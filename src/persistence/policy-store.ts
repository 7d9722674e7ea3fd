import type { Kysely } from 'kysely';
import { NasSyncError } from '../errors.js';
import type { Schema } from './schema.js';
import { transact } from './immediate-dialect.js';

/** A person's word that a looser policy may count. */
export interface PolicyAcceptance {
  readonly at: number;
  readonly operator: string;
  readonly reason: string | null;
  /** What it permitted, by equipment. */
  readonly changes: Readonly<Record<string, unknown>>;
}

/** `equipment`: the strictest policy that each had, configured or not, since a person accepted a looser one. */
export interface AcceptedPolicies<Policy> {
  readonly equipment: Readonly<Record<string, Policy>>;
  readonly acceptances: readonly PolicyAcceptance[];
}

/** Whether the queue holds a job of an equipment. */
export type HasJobs = (equipmentId: string) => Promise<boolean>;

/** The cleanup policy under which the queue's runs were proven, beside the queue's identity. */
export class PolicyStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /** `null` for a queue that was never started. */
  async read<Policy>(): Promise<AcceptedPolicies<Policy> | null> {
    const row = await this.#db.selectFrom('queue_identity').select('accepted_policy').executeTakeFirstOrThrow();
    return parsed<Policy>(row.accepted_policy);
  }

  /** Reads, decides and writes in one transaction: no other process tightens or accepts in between. */
  async change<Policy>(
    decide: (stored: AcceptedPolicies<Policy> | null, hasJobs: HasJobs) => Promise<AcceptedPolicies<Policy>>,
  ): Promise<AcceptedPolicies<Policy>> {
    return transact(this.#db, async (trx) => {
      const row = await trx.selectFrom('queue_identity').select('accepted_policy').executeTakeFirstOrThrow();
      const hasJobs: HasJobs = async (equipmentId) => {
        const jobs = trx.selectFrom('jobs').select('job_id').where('equipment_id', '=', equipmentId).limit(1);
        return (await jobs.executeTakeFirst()) !== undefined;
      };
      const decided = await decide(parsed<Policy>(row.accepted_policy), hasJobs);
      const text = JSON.stringify(decided);
      if (text !== row.accepted_policy) {
        await trx.updateTable('queue_identity').set({ accepted_policy: text }).execute();
      }
      return decided;
    });
  }
}

/** What cannot be read must not look like a queue that was never started: that would accept anything. */
function parsed<Policy>(text: string | null): AcceptedPolicies<Policy> | null {
  if (text === null) return null;
  try {
    const { equipment, acceptances } = JSON.parse(text) as AcceptedPolicies<Policy>;
    if (typeof equipment === 'object' && Array.isArray(acceptances)) return { equipment, acceptances };
  } catch {
    // Told below.
  }
  throw new NasSyncError(
    'store_unavailable',
    'the accepted cleanup policy in the queue cannot be read; restore the queue from a backup, or move it away and run `nas-sync rebuild`',
  );
}
