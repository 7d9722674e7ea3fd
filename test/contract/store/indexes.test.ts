import { describe, expect, test } from 'vitest';
import { newBench, type Bench } from './bench.js';
import { statementsOf } from './statements.js';

const queriesOf = async (call: () => Promise<unknown>): Promise<string[]> =>
  (await statementsOf(call)).filter((text) => /^select/i.test(text));

/** How SQLite goes about them. Which index it may take does not depend on the bound values. */
const plansOf = (bench: Bench, queries: readonly string[]): string[] =>
  queries.map((query) => {
    const values: unknown[] = Array.from({ length: query.split('?').length - 1 }, () => null);
    const steps = bench.all<{ detail: string }>(`EXPLAIN QUERY PLAN ${query}`, ...values);
    return steps.map(({ detail }) => detail).join('; ');
  });

const request = { equipmentId: 'LANE', owner: 'worker-1', at: 1 };

describe('a hot query reads an index that holds open jobs only, and sorts nothing', () => {
  test('claim: is the lane at work, then which job is due', async () => {
    const bench = await newBench();
    await bench.add('LANE', 'Run_1', 99);
    const plans = plansOf(bench, await queriesOf(() => bench.store.jobs.claim(request).then(({ job }) => job)));
    expect(plans).toEqual([
      expect.stringMatching(/^SEARCH jobs USING (COVERING )?INDEX jobs_leased \(equipment_id=\?[^;]*$/),
      expect.stringMatching(/^SEARCH jobs USING INDEX jobs_due \(equipment_id=\? AND due_at[^;]*$/),
    ]);
  });

  test('the next due time', async () => {
    const bench = await newBench();
    const plans = plansOf(bench, await queriesOf(() => bench.store.jobs.nextDue('LANE')));
    expect(plans).toEqual([
      expect.stringMatching(/^SEARCH jobs USING (COVERING )?INDEX jobs_due \(equipment_id=\?[^;]*$/),
    ]);
  });

  test('the records that are owed', async () => {
    const bench = await newBench();
    const plans = plansOf(bench, await queriesOf(() => bench.store.jobs.owingRecords()));
    expect(plans).toEqual([expect.stringMatching(/^SCAN jobs USING INDEX jobs_record_owed$/)]);
  });

  test('the jobs that are set aside', async () => {
    const bench = await newBench();
    const plans = plansOf(bench, await queriesOf(() => bench.store.jobs.reviewSetAside()));
    expect(plans).toEqual([expect.stringMatching(/INDEX jobs_set_aside$/)]);
  });

  test('the leases of an owner', async () => {
    const bench = await newBench();
    const plans = plansOf(bench, await queriesOf(() => bench.store.jobs.leasedTo('worker-1')));
    expect(plans).toEqual([expect.stringMatching(/INDEX jobs_leased/)]);
  });

  test('the counts', async () => {
    const bench = await newBench();
    expect(plansOf(bench, await queriesOf(() => bench.store.jobs.counts()))).toEqual(['SCAN job_counts']);
  });
});

test('finished jobs are in none of the indexes that the hot queries read', async () => {
  const bench = await newBench();
  const partial = bench.all<{ name: string }>(
    "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '%WHERE%'",
  );
  expect(partial.map(({ name }) => name).sort()).toEqual([
    'jobs_due',
    'jobs_leased',
    'jobs_record_owed',
    'jobs_set_aside',
  ]);
});

test('a claim among many jobs costs as little as among few: it reads the one job that it takes', async () => {
  const bench = await newBench();
  bench.tamper(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)
    INSERT INTO jobs (job_id, run_path, equipment_id, target_place, target_path, state, due_at, revision, machine_version, snapshot,
      created_at, updated_at)
    SELECT 'job-' || i, '/data/' || i, 'LANE', 'nas', '/data/' || i, 'cleaned', NULL, 9, 1, '{}', 0, 0 FROM n`);
  const { jobId } = await bench.add('LANE', 'Run_1');
  const started = performance.now();
  expect((await bench.store.jobs.claim(request)).job?.jobId).toBe(jobId);
  expect(performance.now() - started).toBeLessThan(250);
});
