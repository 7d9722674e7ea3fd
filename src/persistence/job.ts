import type { JobContext, JobEvent, JobPhase, JobState } from '../machines/job-types.js';
import { restore, type JobSnapshot } from '../machines/restore.js';
import type { JobRow, JournalRow } from './schema.js';

/** A job as the engine sees it: the row, with its snapshot read. */
export interface Job {
  readonly jobId: string;
  readonly runPath: string;
  readonly equipmentId: string;
  /** The run's place on the target, relative to the transport's root, separated by `/`. */
  readonly targetPath: string;
  readonly nasPath: string | null;
  readonly state: JobState;
  readonly phase: JobPhase | null;
  readonly revision: number;
  readonly leaseOwner: string | null;
  readonly files: number | null;
  readonly bytes: number | null;
  readonly createdAt: number;
  /** `null` where the stored snapshot cannot be read; `setAside` says why. */
  readonly context: JobContext | null;
  readonly setAside: string | null;
}

export interface JournalEntry {
  readonly seq: number;
  readonly jobId: string;
  readonly at: number;
  readonly event: JobEvent['type'] | 'enqueued';
  readonly from: string;
  readonly to: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

export function snapshotOf(row: Pick<JobRow, 'machine_version' | 'snapshot'>) {
  return restore({ version: row.machine_version, snapshot: row.snapshot });
}

export function jobOf(row: JobRow, known?: JobSnapshot): Job {
  const restored = known === undefined ? snapshotOf(row) : { ok: true as const, snapshot: known };
  return {
    jobId: row.job_id,
    runPath: row.run_path,
    equipmentId: row.equipment_id,
    targetPath: row.target_path,
    nasPath: row.nas_path,
    state: row.state,
    phase: row.phase,
    revision: row.revision,
    leaseOwner: row.lease_owner,
    files: row.files,
    bytes: row.bytes,
    createdAt: row.created_at,
    context: restored.ok ? withDueTime(restored.snapshot.context, row.due_at) : null,
    setAside: restored.ok ? row.set_aside : restored.why,
  };
}

/** The row was made due earlier than its last event said, because the clock had run ahead: what it waited for is over. */
const withDueTime = (context: JobContext, dueAt: number | null): JobContext =>
  context.dueAt === dueAt ? context : { ...context, dueAt, waitingFor: [] };

export function journalEntryOf(row: JournalRow): JournalEntry {
  return {
    seq: row.seq,
    jobId: row.job_id,
    at: row.at,
    event: row.event as JournalEntry['event'],
    from: row.from_state,
    to: row.to_state,
    detail: JSON.parse(row.detail) as Record<string, unknown>,
  };
}

/** `awaiting_verify.verifying`, as the journal names places. */
export const placeName = (state: JobState, phase: JobPhase | null): string =>
  phase === null ? state : `${state}.${phase}`;
