import type { Kysely } from 'kysely';
import type { Digest, FileIdentity } from '../run/entry.js';
import { transact } from './immediate-dialect.js';
import type { Schema } from './schema.js';

/** The hashes of a local file as it was when it had this identity; `sha256` is lower-case hex. */
export interface FileDigest extends FileIdentity {
  readonly path: string;
  readonly sha256: string;
  /** The hash by which its target tells contents, where that is not SHA-256. */
  readonly other: Digest | null;
}

/** Ten columns a row stay well below SQLite's 32,766 bound values. */
const ROWS_PER_INSERT = 2000;

export function* inChunks<T>(items: readonly T[], size = ROWS_PER_INSERT): Generator<readonly T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

export const digestColumns = (digest: FileDigest) => ({
  path: digest.path,
  size: digest.size,
  mtime_ns: digest.mtimeNs,
  ctime_ns: digest.ctimeNs,
  dev: digest.dev,
  ino: digest.ino,
  sha256: digest.sha256,
  other_hash: digest.other,
});

export const digestOf = (row: ReturnType<typeof digestColumns>): FileDigest => ({
  path: row.path,
  size: row.size,
  mtimeNs: row.mtime_ns,
  ctimeNs: row.ctime_ns,
  dev: row.dev,
  ino: row.ino,
  sha256: row.sha256,
  other: row.other_hash,
});

/** What was read of the local side, so that a resumed job does not read it again. */
export class DigestStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  async load(jobId: string): Promise<FileDigest[]> {
    const rows = await this.#db.selectFrom('digests').selectAll().where('job_id', '=', jobId).execute();
    return rows.map(digestOf);
  }

  async save(jobId: string, digests: readonly FileDigest[]): Promise<void> {
    if (digests.length === 0) return;
    await transact(this.#db, async (trx) => {
      for (const chunk of inChunks(digests)) {
        await trx
          .insertInto('digests')
          .values(chunk.map((digest) => ({ job_id: jobId, ...digestColumns(digest) })))
          .onConflict((conflict) =>
            conflict.columns(['job_id', 'path']).doUpdateSet((excluded) => ({
              size: excluded.ref('excluded.size'),
              mtime_ns: excluded.ref('excluded.mtime_ns'),
              ctime_ns: excluded.ref('excluded.ctime_ns'),
              dev: excluded.ref('excluded.dev'),
              ino: excluded.ref('excluded.ino'),
              sha256: excluded.ref('excluded.sha256'),
              other_hash: excluded.ref('excluded.other_hash'),
            })),
          )
          .execute();
      }
    });
  }

  async forget(jobId: string): Promise<void> {
    await this.#db.deleteFrom('digests').where('job_id', '=', jobId).execute();
  }
}
