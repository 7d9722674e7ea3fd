import { sql, type Kysely, type Selectable, type Transaction } from 'kysely';
import type { Evidence } from '../machines/job-types.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { ShapeEntryWithMode } from '../run/tree-structure.js';
import { digestColumns, digestOf, inChunks, type FileDigest } from './digest-store.js';
import type { Schema } from './schema.js';

/** A file, and the permission bits that it had on the workstation: remembered for a restore, and no part of what is proven. */
export interface ProvenFile extends FileDigest {
  readonly mode: number | null;
}

/** A pass as plain data. Only `verify/` may turn it into something that permits a deletion. */
export interface NewProof {
  readonly proofId: string;
  readonly jobId: string;
  readonly generation: number;
  readonly madeAt: number;
  readonly expiresAt: number;
  readonly evidence: Evidence;
  /** How the NAS side was read, in words: `read back past the page cache`. */
  readonly method: string;
  /** The process and piece of work that made it: two passes of one invocation count once. */
  readonly invocation: string;
  readonly bytes: number;
  readonly manifestSha256: string;
  /** SHA-256 over `shape`. */
  readonly shapeSha256: string;
  /** Equal in passes that found the same but for volatile names; empty in proofs of releases that knew none. */
  readonly stableSha256: string;
  /** Names in the run folder that are no part of the run. */
  readonly excluded: number;
  /** When it was made by the clock that nobody sets, in ms. */
  readonly steadyAt: number;
  readonly shape: readonly ShapeEntryWithMode[];
  readonly files: readonly ProvenFile[];
}

export interface StoredProof extends Omit<NewProof, 'files' | 'shape'> {
  readonly fileCount: number;
}

/** Everything that a proof names, as it was stored. */
export interface ProofContents {
  readonly proof: StoredProof;
  /** By path, in code point order. */
  readonly files: readonly ProvenFile[];
  readonly shape: readonly ShapeEntryWithMode[];
}

export async function insertProof(trx: Transaction<Schema>, proof: NewProof): Promise<void> {
  await trx
    .insertInto('proofs')
    .values({
      proof_id: proof.proofId,
      job_id: proof.jobId,
      generation: proof.generation,
      made_at: proof.madeAt,
      expires_at: proof.expiresAt,
      evidence: proof.evidence,
      method: proof.method,
      invocation: proof.invocation,
      files: proof.files.length,
      bytes: proof.bytes,
      manifest_sha256: proof.manifestSha256,
      shape_sha256: proof.shapeSha256,
      stable_sha256: proof.stableSha256,
      excluded: proof.excluded,
      steady_at: proof.steadyAt,
      seq: sql<number>`(SELECT COALESCE(MAX(seq), 0) + 1 FROM proofs WHERE job_id = ${proof.jobId})`,
    })
    .execute();
  await forgetEarlier(trx, 'proof_files', proof);
  for (const chunk of inChunks(proof.shape)) {
    await trx
      .insertInto('proof_shapes')
      .values(
        chunk.map(({ path, kind, linkTo, mode, mtimeNs }) => ({
          ...{ proof_id: proof.proofId, path, kind, link_to: linkTo, mode, mtime_ns: mtimeNs },
        })),
      )
      .execute();
  }
  await keepFolderTimes(trx, proof);
  await forgetEarlier(trx, 'proof_shapes', proof);
  for (const chunk of inChunks(proof.files)) {
    await trx
      .insertInto('proof_files')
      .values(chunk.map((file) => ({ proof_id: proof.proofId, ...digestColumns(file), mode: file.mode })))
      .execute();
  }
}

/** The passes stay as a chain; only the newest needs its files. */
async function forgetEarlier(
  trx: Transaction<Schema>,
  table: 'proof_files' | 'proof_shapes',
  { jobId, proofId }: NewProof,
): Promise<void> {
  await trx
    .deleteFrom(table)
    .where('proof_id', 'in', (query) => query.selectFrom('proofs').select('proof_id').where('job_id', '=', jobId))
    .where('proof_id', '!=', proofId)
    .execute();
}

/**
 * As long as passes find the same, a folder has the time that the first of them saw: before a deletion we put a file into
 * each folder for a moment, and others do so as well.
 */
async function keepFolderTimes(trx: Transaction<Schema>, { jobId, proofId, stableSha256 }: NewProof): Promise<void> {
  const earlier = await trx
    .selectFrom('proofs')
    .select(['proof_id', 'stable_sha256'])
    .where('job_id', '=', jobId)
    .where('proof_id', '!=', proofId)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (earlier === undefined || stableSha256 === '' || earlier.stable_sha256 !== stableSha256) return;
  await sql`UPDATE proof_shapes
    SET mtime_ns = COALESCE(
      (SELECT seen.mtime_ns FROM proof_shapes AS seen
        WHERE seen.proof_id = ${earlier.proof_id} AND seen.path = proof_shapes.path),
      mtime_ns)
    WHERE proof_id = ${proofId} AND kind = 'folder'`.execute(trx);
}

export class ProofStore {
  readonly #db: Kysely<Schema>;

  constructor(db: Kysely<Schema>) {
    this.#db = db;
  }

  /**
   * Every pass of the job, oldest first, in the order in which they were stored: by a wall clock that was set back, an
   * older pass would be the newest.
   */
  async passes(jobId: string): Promise<StoredProof[]> {
    const rows = await this.#db
      .selectFrom('proofs')
      .selectAll()
      .where('job_id', '=', jobId)
      .orderBy('seq')
      .orderBy('made_at')
      .execute();
    return rows.map(storedProofOf);
  }

  /** Remembers files of a proof that stay here: the NAS no longer holds them as they were proven. */
  async spare(proofId: string, paths: readonly string[]): Promise<void> {
    for (const chunk of inChunks(paths)) {
      await this.#db
        .insertInto('spared_files')
        .values(chunk.map((path) => ({ proof_id: proofId, path })))
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    }
  }

  async spared(proofId: string): Promise<ReadonlySet<string>> {
    const rows = await this.#db.selectFrom('spared_files').select('path').where('proof_id', '=', proofId).execute();
    return new Set(rows.map(({ path }) => path));
  }

  /** What the job's newest proof names, or `null` where there is none. */
  async newest(jobId: string): Promise<ProofContents | null> {
    const proof = (await this.passes(jobId)).at(-1);
    if (proof === undefined) return null;
    const files = await this.provenFiles(jobId);
    const shape = await this.#db.selectFrom('proof_shapes').selectAll().where('proof_id', '=', proof.proofId).execute();
    return {
      proof,
      files: [...files.values()].sort((a, b) => byCodePoint(a.path, b.path)),
      shape: shape
        .map(({ path, kind, link_to: linkTo, mode, mtime_ns: mtimeNs }) => ({ path, kind, linkTo, mode, mtimeNs }))
        .sort((a, b) => byCodePoint(a.path, b.path)),
    };
  }

  /** The files that the job's newest proof names, by path; empty where there is no proof. */
  async provenFiles(jobId: string): Promise<Map<string, ProvenFile>> {
    const rows = await this.#db
      .selectFrom('proof_files')
      .innerJoin('proofs', 'proofs.proof_id', 'proof_files.proof_id')
      .where('proofs.job_id', '=', jobId)
      .selectAll('proof_files')
      .execute();
    return new Map(rows.map((row) => [row.path, { ...digestOf(row), mode: row.mode }]));
  }
}

const storedProofOf = (row: Selectable<Schema['proofs']>): StoredProof => ({
  proofId: row.proof_id,
  jobId: row.job_id,
  generation: row.generation,
  madeAt: row.made_at,
  expiresAt: row.expires_at,
  evidence: row.evidence,
  method: row.method,
  invocation: row.invocation,
  bytes: row.bytes,
  manifestSha256: row.manifest_sha256,
  shapeSha256: row.shape_sha256,
  stableSha256: row.stable_sha256,
  excluded: row.excluded,
  steadyAt: row.steady_at,
  fileCount: row.files,
});
