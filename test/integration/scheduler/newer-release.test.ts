import SqliteDatabase from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CliLab } from '../../support/cli-lab.js';
import { MemoryLab } from '../../support/memory-lab.js';

let lab: MemoryLab;
beforeEach(async () => {
  lab = await MemoryLab.open();
});
afterEach(() => lab.close());

/** What a release that is not written yet does to a queue. */
function migrateFurther(file: string, change = 'SELECT 1'): void {
  const db = new SqliteDatabase(file);
  db.exec('BEGIN IMMEDIATE');
  db.exec(change);
  db.exec("INSERT INTO kysely_migration (name, timestamp) VALUES ('9999-later', '2030-01-01')");
  db.exec('COMMIT');
  db.close();
}

function journalOf(file: string): unknown {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return db.prepare('SELECT event FROM journal ORDER BY seq').all();
  } finally {
    db.close();
  }
}

const NEWER = { code: 'store_newer', message: expect.stringContaining('a newer release of nas-sync') as string };

describe('a queue that a newer release migrates while an old process runs', () => {
  it.each([
    ['its rows only', "UPDATE jobs SET nas_path = 'elsewhere'"],
    ['a table of its own', 'CREATE TABLE later (id INTEGER)'],
    ['a column that it drops', 'ALTER TABLE jobs DROP COLUMN nas_path'],
  ])('is neither read nor written by the old one: %s', async (_, change) => {
    const client = await lab.client({ drive: 'none' });
    const { jobId, runPath } = await client.enqueue(await lab.run('Run_1'));
    migrateFurther(lab.database, change);
    const before = journalOf(lab.database);
    await expect(client.cancel(jobId)).rejects.toMatchObject(NEWER);
    await expect(client.job(runPath)).rejects.toMatchObject(NEWER);
    await expect(client.enqueue(await lab.run('Run_2'))).rejects.toMatchObject(NEWER);
    expect(journalOf(lab.database)).toEqual(before);
  });

  it('ends `run`, which says why', async () => {
    const cli = await CliLab.open();
    try {
      const run = await cli.run('Run_1', 1, () => 10);
      expect((await cli.cli('sync', run)).exitCode).toBe(0);
      const working = cli.cli('run');
      await vi.waitFor(() => expect(workers(cli.database)).toBe(1), { timeout: 10_000 });
      migrateFurther(cli.database);
      const { exitCode, stderr } = await working;
      expect(exitCode).toBe(1);
      expect(stderr).toContain('a newer release of nas-sync has changed');
    } finally {
      await cli.close();
    }
  }, 30_000);
});

function workers(file: string): number {
  const db = new SqliteDatabase(file, { readonly: true });
  try {
    return (db.prepare('SELECT count(*) AS n FROM workers').get() as { n: number }).n;
  } finally {
    db.close();
  }
}
