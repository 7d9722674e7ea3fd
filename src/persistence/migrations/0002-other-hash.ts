import { sql, type Migration } from 'kysely';

/** Targets that cannot tell SHA-256 tell another hash, which is computed in the same read and kept beside it. */
export const otherHashMigration: Migration = {
  async up(db) {
    await sql`ALTER TABLE digests ADD COLUMN other_hash TEXT`.execute(db);
    await sql`ALTER TABLE proof_files ADD COLUMN other_hash TEXT`.execute(db);
  },
};
