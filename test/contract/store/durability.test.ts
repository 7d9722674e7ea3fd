import { setTimeout as sleep } from 'node:timers/promises';
import Sqlite from 'better-sqlite3';
import { sql } from 'kysely';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '#dist/persistence/database.js';
import { fenceOf, newBench, secondStore } from './bench.js';
import { statementsOf } from './statements.js';

describe('every connection of the store', () => {
  test.each<{ pragma: string; value: string | number; so: string }>([
    { pragma: 'journal_mode', value: 'wal', so: 'readers and the writer do not wait for each other' },
    { pragma: 'synchronous', value: 2, so: 'FULL: a commit survives a power cut' },
    { pragma: 'foreign_keys', value: 1, so: 'a journal entry or a proof belongs to a job' },
    { pragma: 'journal_size_limit', value: 67_108_864, so: 'the log is cut back after a burst' },
  ])('has $pragma = $value: $so', async ({ pragma, value }) => {
    const database = await openDatabase((await newBench()).file);
    onTestFinished(() => database.close());
    const { rows } = await sql.raw<Record<string, unknown>>(`PRAGMA ${pragma}`).execute(database.db);
    expect(Object.values(rows[0]!)).toEqual([value]);
  });
});

describe('every transaction', () => {
  test('takes the write lock at its beginning', async () => {
    const bench = await newBench();
    const { jobs, workers, digests } = bench.store;
    const sent = await statementsOf(async () => {
      await bench.add('LANE', 'Run_1');
      const job = (await jobs.claim({ equipmentId: 'LANE', owner: 'worker-1', at: 1 })).job;
      await jobs.advance(job!.jobId, { type: 'cancelled', at: 2 }, { fence: fenceOf(job!) });
      await workers.bury('worker-1', 3, 10);
      const identity = { size: 1, mtimeNs: '1', ctimeNs: '1', dev: '1', ino: '1' };
      await digests.save(job!.jobId, [{ path: 'a', ...identity, sha256: 'a'.repeat(64), other: null }]);
    });
    expect(sent.filter((text) => /^begin/i.test(text))).toEqual(Array(5).fill('begin immediate'));
  });

  test('waits for that of another client in the same process', async () => {
    const bench = await newBench();
    const elsewhere = await secondStore(bench);
    const writes = [bench.store, elsewhere].flatMap(({ workers }) =>
      Array.from({ length: 10 }, (_, index) => workers.bury(`dead-${index}`, 1, 10)),
    );
    expect(await Promise.all(writes)).toEqual(Array(20).fill([]));
  });

  test('waits for its turn while another process writes, and nothing else waits with it', async () => {
    const bench = await newBench();
    const holder = new Sqlite(bench.file);
    onTestFinished(() => void holder.close());
    holder.exec('BEGIN IMMEDIATE');
    let stored = false;
    const write = bench.add('LANE', 'Run_1').then(() => (stored = true));
    let turns = 0;
    const ticking = setInterval(() => (turns += 1), 5);
    await sleep(300);
    clearInterval(ticking);
    expect(stored).toBe(false);
    expect(turns).toBeGreaterThan(5);
    holder.exec('COMMIT');
    await write;
    expect(await bench.store.jobs.list()).toHaveLength(1);
  });
});
