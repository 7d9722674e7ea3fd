import type { Transaction } from 'kysely';
import { NasSyncError } from '../errors.js';
import type { JobEvent, JobState } from '../machines/job-types.js';
import { advance, dehydrate, publicState, type JobSnapshot } from '../machines/restore.js';
import { jobOf, placeName, snapshotOf, type Job } from './job.js';
import type { JobRow, Schema } from './schema.js';

/** `changed` is false where the job's state does not know the event; nothing was written then. */
export interface Advanced {
  readonly changed: boolean;
  readonly event: JobEvent['type'];
  readonly job: Job;
  readonly from: string;
  readonly to: string;
}

/** What an event means for the lease: it is granted, its work has ended, or somebody else spoke. */
export type LeaseChange =
  { readonly kind: 'granted'; readonly to: string } | { readonly kind: 'ended' } | { readonly kind: 'untouched' };

/** States in which the record on disk has a new thing to say; in the others it stays as it is. */
const SPOKEN_STATES: ReadonlySet<JobState> = new Set(['queued', 'verified', 'failed', 'cleaned']);

/**
 * One step of one job, inside the caller's transaction: snapshot → `transition()` → row and journal. A row whose
 * snapshot cannot be read is set aside and left at that.
 */
export async function applyEvent(
  trx: Transaction<Schema>,
  row: JobRow,
  event: JobEvent,
  lease: LeaseChange,
): Promise<Advanced> {
  const from = placeName(row.state, row.phase);
  const restored = snapshotOf(row);
  if (!restored.ok) {
    await setAside(trx, row, restored.why);
    return { changed: false, event: event.type, job: jobOf(row), from, to: from };
  }
  const next = advance(restored.snapshot, event);
  if (next === restored.snapshot) return { changed: false, event: event.type, job: jobOf(row, next), from, to: from };

  const written = await writeRow(trx, row, nextColumns(row, next, event, lease));
  const to = placeName(written.state, written.phase);
  const { type, ...detail } = event;
  await trx
    .insertInto('journal')
    .values({
      job_id: row.job_id,
      at: event.at,
      event: type,
      from_state: from,
      to_state: to,
      detail: JSON.stringify(detail),
      revision: written.revision,
    })
    .execute();
  return { changed: true, event: event.type, job: jobOf(written, next), from, to };
}

function nextColumns(row: JobRow, next: JobSnapshot, event: JobEvent, lease: LeaseChange): Partial<JobRow> {
  const stored = dehydrate(next);
  const { state, phase } = publicState(next);
  const speaks = state !== row.state && SPOKEN_STATES.has(state);
  return {
    state,
    phase,
    due_at: next.context.dueAt,
    lease_owner: ownerAfter(row, next, lease),
    set_aside: null,
    machine_version: stored.version,
    snapshot: stored.snapshot,
    record_owed: speaks ? 1 : row.record_owed,
    ...(event.type === 'push.succeeded' ? { files: event.files, bytes: event.bytes } : {}),
    ...(event.type === 'verify.succeeded' ? { files: event.proof.files, bytes: event.proof.bytes } : {}),
    updated_at: event.at,
  };
}

/** Ownership ends with the work, in the same commit, unless the work goes on: it does when somebody else cancels it. */
function ownerAfter(row: JobRow, next: JobSnapshot, lease: LeaseChange): string | null {
  const working = next.hasTag('working');
  if (!working) return lease.kind === 'untouched' ? row.lease_owner : null;
  const owner = lease.kind === 'granted' ? lease.to : row.lease_owner;
  if (owner === null) throw new Error('a job at work must have an owner, or its crash would go unnoticed');
  return owner;
}

async function writeRow(trx: Transaction<Schema>, row: JobRow, columns: Partial<JobRow>): Promise<JobRow> {
  const revision = row.revision + 1;
  const { numUpdatedRows } = await trx
    .updateTable('jobs')
    .set({ ...columns, revision })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .executeTakeFirst();
  if (numUpdatedRows !== 1n) throw leaseLost(row.job_id);
  return { ...row, ...columns, revision };
}

async function setAside(trx: Transaction<Schema>, row: JobRow, why: string): Promise<void> {
  if (row.set_aside === why && row.lease_owner === null) return;
  await trx
    .updateTable('jobs')
    .set({ set_aside: why, lease_owner: null, revision: row.revision + 1 })
    .where('id', '=', row.id)
    .where('revision', '=', row.revision)
    .execute();
}

export const leaseLost = (jobId: string): NasSyncError =>
  new NasSyncError('lease_lost', `job ${jobId} was taken over or changed by another process; nothing was written`);
