import { sql, type Migration } from 'kysely';

/** Proven runs come due too; a proof names folders and links; and time is kept that no setting of the clock moves. */
export const lettingGoMigration: Migration = {
  async up(db) {
    await sql`DROP INDEX jobs_due`.execute(db);
    await sql`CREATE INDEX jobs_due ON jobs (equipment_id, due_at, id)
      WHERE state IN ('queued', 'awaiting_verify', 'verified', 'cleanup_eligible')
        AND due_at IS NOT NULL AND lease_owner IS NULL AND set_aside IS NULL`.execute(db);
    await sql`ALTER TABLE proofs ADD COLUMN steady_at INTEGER NOT NULL DEFAULT 0`.execute(db);
    await sql`ALTER TABLE proofs ADD COLUMN seq INTEGER NOT NULL DEFAULT 0`.execute(db);
    await sql`CREATE TABLE proof_shapes (
      proof_id TEXT NOT NULL REFERENCES proofs (proof_id), path TEXT NOT NULL, kind TEXT NOT NULL,
      link_to TEXT NOT NULL, PRIMARY KEY (proof_id, path)
    ) WITHOUT ROWID`.execute(db);
    await sql`CREATE TABLE steady_clock (
      id INTEGER PRIMARY KEY CHECK (id = 1), steady_ms INTEGER NOT NULL, boot TEXT NOT NULL,
      uptime_ms INTEGER NOT NULL, wall_ms INTEGER NOT NULL
    )`.execute(db);
  },
};
