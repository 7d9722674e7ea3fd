import { sql, type Migration } from 'kysely';

/** Volatile and excluded names: which passes count together, what was left out, and what stays. */
export const namesMigration: Migration = {
  async up(db) {
    await sql`ALTER TABLE proofs ADD COLUMN stable_sha256 TEXT NOT NULL DEFAULT ''`.execute(db);
    await sql`ALTER TABLE proofs ADD COLUMN excluded INTEGER NOT NULL DEFAULT 0`.execute(db);
    await sql`CREATE TABLE spared_files (
      proof_id TEXT NOT NULL REFERENCES proofs (proof_id), path TEXT NOT NULL, PRIMARY KEY (proof_id, path)
    ) WITHOUT ROWID`.execute(db);
  },
};
