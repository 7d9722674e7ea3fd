import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { Job } from '#dist/persistence/job.js';
import type { Fence } from '#dist/persistence/job-store.js';
import type { JobRow } from '#dist/persistence/schema.js';
import { openStore, type Store } from '#dist/persistence/store.js';

/** A real store in a folder of its own, and a second, read-only connection that sees what was committed. */
export class Bench {
  readonly file: string;
  readonly store: Store;
  readonly #raw: Sqlite.Database;
  readonly #folder: string;

  constructor(folder: string, file: string, store: Store) {
    this.#folder = folder;
    this.file = file;
    this.store = store;
    this.#raw = new Sqlite(file, { readonly: true });
  }

  static async open(): Promise<Bench> {
    const folder = mkdtempSync(join(tmpdir(), 'nas-sync-store-'));
    const file = join(folder, 'queue.sqlite');
    return new Bench(folder, file, await openStore(file));
  }

  async close(): Promise<void> {
    this.#raw.close();
    await this.store.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  all<T = Record<string, unknown>>(sql: string, ...values: unknown[]): T[] {
    return this.#raw.prepare(sql).all(...values) as T[];
  }

  row(jobId: string): JobRow {
    return this.all<JobRow>('SELECT * FROM jobs WHERE job_id = ?', jobId)[0]!;
  }

  /** Every row that says something about jobs. Two equal answers: nothing was written in between. */
  everything(): unknown {
    const tables = ['jobs', 'journal', 'job_counts', 'workers', 'proofs', 'proof_files'];
    return tables.map((table) => this.all(`SELECT * FROM ${table} ORDER BY 1, 2`));
  }

  async add(equipmentId: string, run: string, at = 0): Promise<Job> {
    const { job } = await this.store.jobs.add({
      runPath: `/data/${equipmentId}/${run}`,
      equipmentId,
      targetPlace: 'mount:/nas',
      targetPath: `${equipmentId}/${run}`,
      nasPath: null,
      at,
    });
    return job;
  }

  /** For writes that no part of the store would do. */
  tamper(sql: string, ...values: unknown[]): void {
    const hand = new Sqlite(this.file);
    try {
      hand.prepare(sql).run(...values);
    } finally {
      hand.close();
    }
  }
}

/** A bench that goes away with the test. */
export async function newBench(): Promise<Bench> {
  const bench = await Bench.open();
  onTestFinished(() => bench.close());
  return bench;
}

/** A second store on the same database, as another process would have it. */
export async function secondStore(bench: Bench): Promise<Store> {
  const store = await openStore(bench.file);
  onTestFinished(() => store.close());
  return store;
}

export const fenceOf = ({ leaseOwner, revision }: Job): Fence => ({ owner: leaseOwner ?? '', revision });
