import { randomUUID } from 'node:crypto';
import type { Transaction } from 'kysely';
import { NasSyncError } from '../errors.js';
import { dehydrate, firstSnapshot } from '../machines/restore.js';
import { printable } from '../run/printable.js';
import { jobOf, type Job } from './job.js';
import type { Schema } from './schema.js';

export interface NewJob {
  readonly runPath: string;
  readonly equipmentId: string;
  /** Where the equipment's transport leads; two jobs never share a place on it. */
  readonly targetPlace: string;
  readonly targetPath: string;
  readonly nasPath: string | null;
  readonly at: number;
}

/** Runs of two roots on one share, or one inside the other, would write over each other's copies. */
export async function requireFreePlace(
  trx: Transaction<Schema>,
  { targetPlace, targetPath, runPath }: NewJob,
): Promise<void> {
  const above = targetPath.split('/').map((_, index, names) => names.slice(0, index + 1).join('/'));
  const other = await trx
    .selectFrom('jobs')
    .select('run_path')
    .where('target_place', '=', targetPlace)
    .where((where) =>
      where.or([
        where('target_path', 'in', above),
        // `0` follows `/`: between the two lies all that is below.
        where.and([where('target_path', '>', `${targetPath}/`), where('target_path', '<', `${targetPath}0`)]),
      ]),
    )
    .executeTakeFirst();
  if (other === undefined) return;
  throw new NasSyncError(
    'target_conflict',
    `${printable(runPath)} and ${printable(other.run_path)} would share a place on the NAS; give one of them another, or its own root`,
  );
}

/** The row, and the first line of its journal. */
export async function insertJob(trx: Transaction<Schema>, request: NewJob): Promise<Job> {
  const snapshot = firstSnapshot({ at: request.at });
  const stored = dehydrate(snapshot);
  const row = await trx
    .insertInto('jobs')
    .values({
      job_id: randomUUID(),
      run_path: request.runPath,
      equipment_id: request.equipmentId,
      target_place: request.targetPlace,
      target_path: request.targetPath,
      nas_path: request.nasPath,
      state: 'queued',
      phase: null,
      due_at: snapshot.context.dueAt,
      lease_owner: null,
      revision: 1,
      machine_version: stored.version,
      snapshot: stored.snapshot,
      set_aside: null,
      record_owed: 1,
      files: null,
      bytes: null,
      created_at: request.at,
      updated_at: request.at,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  await trx
    .insertInto('journal')
    .values({
      job_id: row.job_id,
      at: request.at,
      event: 'enqueued',
      from_state: 'none',
      to_state: 'queued',
      detail: JSON.stringify({ at: request.at }),
      revision: 1,
    })
    .execute();
  return jobOf(row, snapshot);
}
