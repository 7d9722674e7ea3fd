import { sql, type Kysely, type Migration } from 'kysely';

const STATES_COUNTED = 'INSERT INTO job_counts (equipment_id, state, jobs) VALUES';

const fileIdentity = sql`
  path TEXT NOT NULL, size INTEGER NOT NULL, mtime_ns TEXT NOT NULL, ctime_ns TEXT NOT NULL,
  dev TEXT NOT NULL, ino TEXT NOT NULL, sha256 TEXT NOT NULL`;

async function createTables(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL UNIQUE,
    run_path TEXT NOT NULL UNIQUE,
    equipment_id TEXT NOT NULL,
    target_place TEXT NOT NULL,
    target_path TEXT NOT NULL,
    nas_path TEXT,
    state TEXT NOT NULL,
    phase TEXT,
    due_at INTEGER,
    lease_owner TEXT,
    revision INTEGER NOT NULL,
    machine_version INTEGER NOT NULL,
    snapshot TEXT NOT NULL,
    set_aside TEXT,
    record_owed INTEGER NOT NULL DEFAULT 0,
    files INTEGER,
    bytes INTEGER,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    UNIQUE (target_place, target_path)
  )`.execute(db);
  await sql`CREATE TABLE journal (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    job_id TEXT NOT NULL REFERENCES jobs (job_id),
    at INTEGER NOT NULL,
    event TEXT NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    detail TEXT NOT NULL,
    revision INTEGER NOT NULL,
    UNIQUE (job_id, revision)
  )`.execute(db);
  await sql`CREATE TABLE workers (
    worker_id TEXT PRIMARY KEY, host TEXT NOT NULL, pid INTEGER NOT NULL,
    incarnation TEXT NOT NULL, expires_at INTEGER NOT NULL
  ) WITHOUT ROWID`.execute(db);
  await sql`CREATE TABLE targets (
    place TEXT PRIMARY KEY, token TEXT NOT NULL, first_seen_at INTEGER NOT NULL
  ) WITHOUT ROWID`.execute(db);
  await sql`CREATE TABLE digests (
    job_id TEXT NOT NULL REFERENCES jobs (job_id), ${fileIdentity}, PRIMARY KEY (job_id, path)
  ) WITHOUT ROWID`.execute(db);
  await sql`CREATE TABLE proofs (
    proof_id TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs (job_id), generation INTEGER NOT NULL,
    made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, evidence TEXT NOT NULL, method TEXT NOT NULL,
    invocation TEXT NOT NULL, files INTEGER NOT NULL, bytes INTEGER NOT NULL, manifest_sha256 TEXT NOT NULL,
    shape_sha256 TEXT NOT NULL
  ) WITHOUT ROWID`.execute(db);
  await sql`CREATE TABLE proof_files (
    proof_id TEXT NOT NULL REFERENCES proofs (proof_id), ${fileIdentity}, PRIMARY KEY (proof_id, path)
  ) WITHOUT ROWID`.execute(db);
}

/** Partial: the finished jobs, which are nearly all of a million rows, are in none of them. */
async function createIndexes(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE INDEX jobs_due ON jobs (equipment_id, due_at, id)
    WHERE state IN ('queued', 'awaiting_verify')
      AND due_at IS NOT NULL AND lease_owner IS NULL AND set_aside IS NULL`.execute(db);
  await sql`CREATE INDEX jobs_leased ON jobs (equipment_id, lease_owner) WHERE lease_owner IS NOT NULL`.execute(db);
  await sql`CREATE INDEX jobs_set_aside ON jobs (id) WHERE set_aside IS NOT NULL`.execute(db);
  await sql`CREATE INDEX jobs_record_owed ON jobs (id) WHERE record_owed = 1`.execute(db);
  await sql`CREATE INDEX jobs_by_state ON jobs (state, equipment_id, id)`.execute(db);
  await sql`CREATE INDEX proofs_of_job ON proofs (job_id, made_at)`.execute(db);
}

/** `GROUP BY state` over a million jobs costs 170 ms; these cost a row or two at each change. */
async function createCounts(db: Kysely<unknown>): Promise<void> {
  await sql`CREATE TABLE job_counts (
    equipment_id TEXT NOT NULL, state TEXT NOT NULL, jobs INTEGER NOT NULL, PRIMARY KEY (equipment_id, state)
  ) WITHOUT ROWID`.execute(db);
  const upsert = (row: string, change: string): string =>
    `${STATES_COUNTED} (${row}.equipment_id, ${row}.state, ${change})
     ON CONFLICT (equipment_id, state) DO UPDATE SET jobs = jobs + ${change};`;
  await sql.raw(`CREATE TRIGGER jobs_counted_in AFTER INSERT ON jobs BEGIN ${upsert('NEW', '1')} END`).execute(db);
  await sql
    .raw(
      `CREATE TRIGGER jobs_counted_over AFTER UPDATE OF state, equipment_id ON jobs
       WHEN OLD.state <> NEW.state OR OLD.equipment_id <> NEW.equipment_id
       BEGIN ${upsert('OLD', '-1')} ${upsert('NEW', '1')} END`,
    )
    .execute(db);
  await sql.raw(`CREATE TRIGGER jobs_counted_out AFTER DELETE ON jobs BEGIN ${upsert('OLD', '-1')} END`).execute(db);
}

export const queueMigration: Migration = {
  async up(db) {
    await createTables(db);
    await createIndexes(db);
    await createCounts(db);
  },
};
