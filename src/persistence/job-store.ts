import { sql, type Kysely, type Transaction } from 'kysely';
import type { JobEvent, JobState } from '../machines/job-types.js';
import { insertJob, requireFreePlace, type NewJob } from './add-job.js';
import { applyEvent, leaseLost, type Advanced, type LeaseChange } from './apply-event.js';
import {
  CLAIMABLE_STATE,
  UNPROVEN_STATE,
  claimable,
  isOneOf,
  laneIsBusy,
  mostDue,
  type Claimable,
  type ClaimRequest,
} from './claim-query.js';
import { useUpReplaceGrant } from './grant-store.js';
import { transact } from './immediate-dialect.js';
import { jobOf, journalEntryOf, snapshotOf, type Job, type JournalEntry } from './job.js';
import { insertProof, type NewProof } from './proof-store.js';
import { noteProvenRemovals } from './removal-store.js';
import type { Schema } from './schema.js';

export interface JobFilter {
  readonly runPaths?: readonly string[];
  readonly jobIds?: readonly string[];
  readonly states?: readonly JobState[];
  readonly equipmentIds?: readonly string[];
}

/** The holder of a lease, and the revision at which it was granted: together the fence of every write of its work. */
export interface Fence {
  readonly owner: string;
  readonly revision: number;
}

/** A transaction holds up every other process: a thousand proven jobs that come due at once are moved in parts. */
const MOST_STEPS = 50;

/** What a claim came to. The last step is that of the job, if there is one. */
export interface Claim {
  readonly job: Job | null;
  readonly steps: readonly Advanced[];
  readonly more: boolean;
}

const CLOCK_SLACK_MS = 60_000;

export class JobStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /**
   * Adds the job unless the run has one already; which of the two it was is in `created`.
   * @throws NasSyncError `target_conflict` if another run's place on the NAS is the same, above or below
   */
  async add(request: NewJob): Promise<{ job: Job; created: boolean }> {
    return transact(this.#db, async (trx) => {
      const existing = await trx
        .selectFrom('jobs')
        .selectAll()
        .where('run_path', '=', request.runPath)
        .executeTakeFirst();
      if (existing !== undefined) return { job: jobOf(existing), created: false };
      await requireFreePlace(trx, request);
      return { job: await insertJob(trx, request), created: true };
    });
  }

  async find(jobIdOrRunPath: string): Promise<Job | null> {
    const row = await this.#db
      .selectFrom('jobs')
      .selectAll()
      .where((where) => where.or([where('job_id', '=', jobIdOrRunPath), where('run_path', '=', jobIdOrRunPath)]))
      .executeTakeFirst();
    return row === undefined ? null : jobOf(row);
  }

  async list(filter: JobFilter = {}): Promise<Job[]> {
    let query = this.#db.selectFrom('jobs').selectAll().orderBy('id');
    if (filter.runPaths !== undefined) query = query.where(isOneOf('run_path', filter.runPaths));
    if (filter.jobIds !== undefined) query = query.where(isOneOf('job_id', filter.jobIds));
    if (filter.states !== undefined) query = query.where('state', 'in', [...filter.states]);
    if (filter.equipmentIds !== undefined) query = query.where('equipment_id', 'in', [...filter.equipmentIds]);
    return (await query.execute()).map((row) => jobOf(row));
  }

  /** Jobs by equipment and state, without counting rows. */
  async counts(): Promise<{ equipmentId: string; state: JobState; jobs: number }[]> {
    const rows = await this.#db.selectFrom('job_counts').selectAll().where('jobs', '>', 0).execute();
    return rows.map((row) => ({ equipmentId: row.equipment_id, state: row.state, jobs: row.jobs }));
  }

  /**
   * Grants the lease of the equipment's most due job, after the steps that led there; no job: nothing is due, or its lane
   * is at work somewhere. `more`: only steps were taken, and there may be work yet.
   */
  async claim(request: ClaimRequest): Promise<Claim> {
    return transact(this.#db, async (trx) => {
      // The cap on bandwidth is the equipment's, so its lane is one across all processes on this database.
      if (await laneIsBusy(trx, request.equipmentId)) return { job: null, steps: [], more: false };
      return claimMostDue(trx, request);
    });
  }

  /**
   * Feeds one event to a job, in one transaction. With a fence the write holds only while the lease does; with an
   * `owner` the lease is granted to it, for an event that begins work without a claim.
   * @throws NasSyncError `lease_lost`
   */
  async advance(
    jobId: string,
    event: JobEvent,
    options: { fence?: Fence; owner?: string; proof?: NewProof } = {},
  ): Promise<Advanced> {
    const { fence, owner, proof } = options;
    return transact(this.#db, async (trx) => {
      const row = await trx.selectFrom('jobs').selectAll().where('job_id', '=', jobId).executeTakeFirst();
      if (row === undefined) throw leaseLost(jobId);
      if (fence !== undefined && (row.revision !== fence.revision || row.lease_owner !== fence.owner)) {
        throw leaseLost(jobId);
      }
      const advanced = await applyEvent(trx, row, event, leaseChange(fence, owner));
      if (advanced.changed && proof !== undefined) {
        await insertProof(trx, proof);
        await useUpReplaceGrant(trx, jobId);
        await noteProvenRemovals(trx, jobId, proof.proofId);
      }
      return advanced;
    });
  }

  /** The due time of the next job that could be claimed, or `null`. */
  async nextDue(equipmentId: string, which: Claimable = {}): Promise<number | null> {
    const row = await claimable(this.#db, equipmentId, which).select('due_at').limit(1).executeTakeFirst();
    return row?.due_at ?? null;
  }

  /** Jobs leased to `owner`, with their revisions: what an owner compares with what it holds. */
  async leasedTo(owner: string): Promise<Map<string, number>> {
    const rows = await this.#db
      .selectFrom('jobs')
      .select(['job_id', 'revision'])
      .where('lease_owner', '=', owner)
      .execute();
    return new Map(rows.map((row) => [row.job_id, row.revision]));
  }

  async journal(jobId: string): Promise<JournalEntry[]> {
    const rows = await this.#db.selectFrom('journal').selectAll().where('job_id', '=', jobId).orderBy('seq').execute();
    return rows.map(journalEntryOf);
  }

  /** The newest of a job's journal, newest first. */
  async lastEntries(jobId: string, limit: number): Promise<JournalEntry[]> {
    const rows = await this.#db
      .selectFrom('journal')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('seq', 'desc')
      .limit(limit)
      .execute();
    return rows.map(journalEntryOf);
  }

  /** Journal entries after `seq`, oldest first. */
  async journalAfter(seq: number, limit = 500): Promise<JournalEntry[]> {
    const rows = await this.#db
      .selectFrom('journal')
      .selectAll()
      .where('seq', '>', seq)
      .orderBy('seq')
      .limit(limit)
      .execute();
    return rows.map(journalEntryOf);
  }

  async lastSeq(): Promise<number> {
    const row = await this.#db.selectFrom('journal').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row?.seq ?? 0;
  }

  /** Jobs whose run record on disk does not say yet what the queue says. */
  async owingRecords(): Promise<Job[]> {
    const rows = await this.#db
      .selectFrom('jobs')
      .selectAll()
      .where('record_owed', '=', sql.lit(1))
      .orderBy('id')
      .execute();
    return rows.map((row) => jobOf(row));
  }

  /** Gives back the jobs that were set aside by a release that could not read them and that this one can. */
  async reviewSetAside(): Promise<void> {
    await transact(this.#db, async (trx) => {
      const rows = await trx.selectFrom('jobs').selectAll().where('set_aside', 'is not', null).execute();
      for (const row of rows.filter((one) => snapshotOf(one).ok)) {
        await trx.updateTable('jobs').set({ set_aside: null }).where('id', '=', row.id).execute();
      }
    });
  }

  /** If the job moved on meanwhile, what was written is out of date already, whoever settled it: it is owed again. */
  async settleRecord(job: Job): Promise<void> {
    await this.#db
      .updateTable('jobs')
      .set({ record_owed: sql<0 | 1>`CASE WHEN revision = ${job.revision} THEN 0 ELSE 1 END` })
      .where('job_id', '=', job.jobId)
      .execute();
  }

  /** Ends a lease whose job is no longer at work: its owner has stopped working on it. */
  async release(jobId: string, owner: string): Promise<void> {
    await this.#db
      .updateTable('jobs')
      .set({ lease_owner: null })
      .where('job_id', '=', jobId)
      .where('lease_owner', '=', owner)
      // A job at work keeps its owner, or nobody would ever find it again.
      .where(sql<boolean>`state <> 'running' AND coalesce(phase, '') NOT IN ('verifying', 'judging', 'deleting')`)
      .execute();
  }

  /**
   * A clock that ran ahead and was set back leaves due times of years to come. A row that was written in the future shows
   * it, or one that waits longer than its state can; its job is due now.
   */
  async undoFuture(
    which: { equipmentId: string } | { jobId: string },
    now: number,
    longestMs: number,
  ): Promise<boolean> {
    const { numUpdatedRows } = await this.#db
      .updateTable('jobs')
      .set({ due_at: now })
      .where('jobId' in which ? 'job_id' : 'equipment_id', '=', 'jobId' in which ? which.jobId : which.equipmentId)
      .where(CLAIMABLE_STATE)
      .where('lease_owner', 'is', null)
      .where('set_aside', 'is', null)
      .where('due_at', '>', now)
      .where((where) =>
        where.or([
          where('updated_at', '>', now + CLOCK_SLACK_MS),
          // It was due when it was written: no delay at all is left of it.
          where.and([where('updated_at', '>', now), where('due_at', '<=', where.ref('updated_at'))]),
          where.and([UNPROVEN_STATE, where('due_at', '>', now + longestMs + CLOCK_SLACK_MS)]),
        ]),
      )
      .executeTakeFirst();
    return numUpdatedRows > 0n;
  }
}

function leaseChange(fence: Fence | undefined, owner: string | undefined): LeaseChange {
  if (owner !== undefined) return { kind: 'granted', to: owner };
  return { kind: fence === undefined ? 'untouched' : 'ended' };
}

async function claimMostDue(trx: Transaction<Schema>, request: ClaimRequest): Promise<Claim> {
  const steps: Advanced[] = [];
  let { prefer } = request;
  while (steps.length < MOST_STEPS) {
    const row = await mostDue(trx, { ...request, prefer: prefer ?? null });
    if (row === undefined) return { job: null, steps, more: false };
    const event = request.eventFor?.(jobOf(row)) ?? ({ type: 'claimed', at: request.at } as const);
    const begins = event.type === 'claimed';
    const lease = begins ? ({ kind: 'granted', to: request.owner } as const) : ({ kind: 'untouched' } as const);
    const step = await applyEvent(trx, row, event, lease);
    if (!step.changed && step.job.setAside === null) return { job: null, steps, more: false };
    if (step.changed) steps.push(step);
    if (step.changed && begins) return { job: step.job, steps, more: false };
    // What a step has made due is taken before the next one is moved.
    prefer = row.job_id;
  }
  return { job: null, steps, more: true };
}
