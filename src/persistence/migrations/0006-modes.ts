import { sql, type Migration } from 'kysely';

/** What a run's files and folders had on the workstation, for a restore. No seal covers it; older proofs do not know it. */
export const modesMigration: Migration = {
  async up(db) {
    await sql`ALTER TABLE proof_files ADD COLUMN mode INTEGER`.execute(db);
    await sql`ALTER TABLE proof_shapes ADD COLUMN mode INTEGER`.execute(db);
    await sql`ALTER TABLE proof_shapes ADD COLUMN mtime_ns TEXT`.execute(db);
  },
};
