import { sql, type Migration } from 'kysely';

/** The queue gets an identity, seals are recorded before they are written, and an operator's word is kept. */
export const historyMigration: Migration = {
  async up(db) {
    await sql`CREATE TABLE queue_identity (
      id INTEGER PRIMARY KEY CHECK (id = 1), queue_id TEXT NOT NULL, accepted_policy TEXT
    )`.execute(db);
    await sql`INSERT INTO queue_identity (id, queue_id) VALUES (1, lower(hex(randomblob(16))))`.execute(db);
    await sql`CREATE TABLE planned_seals (
      pass_id TEXT PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs (job_id), planned_at INTEGER NOT NULL
    ) WITHOUT ROWID`.execute(db);
    await sql`CREATE TABLE removed_files (
      id INTEGER PRIMARY KEY, job_id TEXT NOT NULL REFERENCES jobs (job_id), path TEXT NOT NULL, set_aside_to TEXT,
      at INTEGER NOT NULL, operator TEXT, reason TEXT NOT NULL, is_done INTEGER NOT NULL DEFAULT 0, proof_id TEXT
    )`.execute(db);
    await sql`CREATE INDEX removed_files_by_job ON removed_files (job_id)`.execute(db);
    await sql`CREATE TABLE pushed_names (
      job_id TEXT NOT NULL REFERENCES jobs (job_id), path TEXT NOT NULL, kind TEXT NOT NULL,
      PRIMARY KEY (job_id, path)
    ) WITHOUT ROWID`.execute(db);
    await sql`CREATE TABLE grants (
      job_id TEXT NOT NULL REFERENCES jobs (job_id), action TEXT NOT NULL, granted_at INTEGER NOT NULL,
      operator TEXT, reason TEXT NOT NULL, PRIMARY KEY (job_id, action)
    ) WITHOUT ROWID`.execute(db);
    await sql`ALTER TABLE workers ADD COLUMN namespace TEXT NOT NULL DEFAULT ''`.execute(db);
  },
};
