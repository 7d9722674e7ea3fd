import { sql, type Kysely, type Transaction } from 'kysely';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from './job.js';
import type { Schema } from './schema.js';

export interface ClaimRequest {
  readonly equipmentId: string;
  readonly owner: string;
  readonly at: number;
  /** Restricts the claim to these jobs. */
  readonly only?: ReadonlySet<string> | null;
  /** Taken before any other if it is due: a job whose push has just ended goes on to its comparison. */
  readonly prefer?: string | null;
  /** What a due job gets: `claimed` (the default) where there is work for it, else what the policy says of it. */
  readonly eventFor?: (job: Job) => JobEvent;
  /** Leaves alone what is proven: only pushes and first passes are claimed. */
  readonly unprovenOnly?: boolean;
}

/** To the letter the condition of the index jobs_due: behind a bound parameter it would not be used. */
export const CLAIMABLE_STATE = sql<boolean>`state IN ('queued', 'awaiting_verify', 'verified', 'cleanup_eligible')`;
export const UNPROVEN_STATE = sql<boolean>`state IN ('queued', 'awaiting_verify')`;
/** One bound value, however long the list is: SQLite allows no more than 32,766 of them. */
export const isOneOf = (column: 'job_id' | 'run_path', values: readonly string[]) =>
  sql<boolean>`${sql.ref(column)} IN (SELECT value FROM json_each(${JSON.stringify(values)}))`;

/** Whether any process works on a job of the equipment. */
export async function laneIsBusy(trx: Transaction<Schema>, equipmentId: string): Promise<boolean> {
  const row = await trx
    .selectFrom('jobs')
    .select('id')
    .where('equipment_id', '=', equipmentId)
    .where('lease_owner', 'is not', null)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Which of the due jobs a process may take. */
export type Claimable = Pick<ClaimRequest, 'only' | 'unprovenOnly'>;

/** The equipment's jobs that nobody works on and that have a due time, the most due first. */
export function claimable(
  db: Kysely<Schema>,
  equipmentId: string,
  { only = null, unprovenOnly = false }: Claimable = {},
) {
  const query = db
    .selectFrom('jobs')
    .where('equipment_id', '=', equipmentId)
    .where(CLAIMABLE_STATE)
    .where('due_at', 'is not', null)
    .where('lease_owner', 'is', null)
    .where('set_aside', 'is', null)
    .orderBy('due_at')
    .orderBy('id');
  const narrowed = unprovenOnly ? query.where(UNPROVEN_STATE) : query;
  return only === null ? narrowed : narrowed.where(isOneOf('job_id', [...only]));
}

export async function mostDue(trx: Transaction<Schema>, request: ClaimRequest) {
  const due = claimable(trx, request.equipmentId, request).selectAll().where('due_at', '<=', request.at).limit(1);
  const preferred =
    request.prefer == null ? undefined : await due.where('job_id', '=', request.prefer).executeTakeFirst();
  return preferred ?? (await due.executeTakeFirst());
}
