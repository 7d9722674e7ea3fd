import { describe, expect, test } from 'vitest';
import { newBench, type Bench } from './bench.js';

const LANE = 'CONFOCAL_01';
const claim = (bench: Bench) =>
  bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: 9 }).then(({ job }) => job);

/** The most due job of the lane is broken, the one behind it is not. */
async function brokenAndWhole(damage = "snapshot = '{'") {
  const bench = await newBench();
  const { jobId: broken } = await bench.add(LANE, 'Run_1', 1);
  const { jobId: whole } = await bench.add(LANE, 'Run_2', 2);
  bench.tamper(`UPDATE jobs SET ${damage} WHERE job_id = ?`, broken);
  return { bench, broken, whole };
}

describe('a job whose stored snapshot cannot be read', () => {
  test.each([
    ['text that is no JSON', "snapshot = '{'", /JSON/],
    ['a state that is not there', `snapshot = replace(snapshot, 'queued', 'uploading')`, /uploading/],
    ['a context without a counter', `snapshot = json_remove(snapshot, '$.context.attempts')`, /attempts/],
    ['a due time that is a text', `snapshot = json_set(snapshot, '$.context.dueAt', 'soon')`, /dueAt/],
    ['the machine of a newer release', 'machine_version = 2', /version 2/],
  ])(
    'is set aside when it comes to be claimed, and the next job of the lane is claimed: %s',
    async (_, damage, why) => {
      const { bench, broken, whole } = await brokenAndWhole(damage);
      expect((await claim(bench))?.jobId).toBe(whole);
      expect(bench.row(broken)).toMatchObject({
        state: 'queued',
        lease_owner: null,
        set_aside: expect.stringMatching(why) as string,
      });
    },
  );

  test('is shown by find and list, with the reason, and hides no other job', async () => {
    const { bench, broken, whole } = await brokenAndWhole();
    const shown = { jobId: broken, context: null, setAside: expect.stringContaining('JSON') as string };
    expect(await bench.store.jobs.find(broken)).toMatchObject(shown);
    expect(await bench.store.jobs.list()).toMatchObject([shown, { jobId: whole, setAside: null }]);
    await claim(bench);
    expect(await bench.store.jobs.list()).toMatchObject([shown, { jobId: whole, setAside: null }]);
  });

  test('is not due, and leaves an empty lane empty', async () => {
    const { bench, broken } = await brokenAndWhole();
    await claim(bench);
    const only = new Set([broken]);
    expect(await bench.store.jobs.nextDue(LANE, { only })).toBeNull();
    expect((await bench.store.jobs.claim({ equipmentId: LANE, owner: 'worker-1', at: 9, only })).job).toBeNull();
  });

  test('is not moved by any event, and its snapshot and journal stay as evidence', async () => {
    const { bench, broken } = await brokenAndWhole();
    const journal = await bench.store.jobs.journal(broken);
    expect(await bench.store.jobs.advance(broken, { type: 'cancelled', at: 9 })).toMatchObject({ changed: false });
    expect(bench.row(broken)).toMatchObject({ state: 'queued', snapshot: '{' });
    expect(await bench.store.jobs.journal(broken)).toEqual(journal);
  });

  test('does not stop a lane in which every job is such', async () => {
    const { bench, broken, whole } = await brokenAndWhole();
    bench.tamper("UPDATE jobs SET snapshot = ''");
    expect(await claim(bench)).toBeNull();
    for (const jobId of [broken, whole]) expect(bench.row(jobId).set_aside).not.toBeNull();
  });

  test('is written once: further events to it write nothing', async () => {
    const { bench, broken } = await brokenAndWhole();
    await claim(bench);
    const before = bench.everything();
    await bench.store.jobs.advance(broken, { type: 'cancelled', at: 9 });
    expect(bench.everything()).toEqual(before);
  });

  test('comes back by a review once it can be read, as after an update; the others stay set aside', async () => {
    const { bench, broken, whole } = await brokenAndWhole('machine_version = 2');
    bench.tamper("UPDATE jobs SET snapshot = '{' WHERE job_id = ?", whole);
    expect(await claim(bench)).toBeNull();
    bench.tamper('UPDATE jobs SET machine_version = 1 WHERE job_id = ?', broken);
    await bench.store.jobs.reviewSetAside();
    expect(bench.row(broken).set_aside).toBeNull();
    expect(bench.row(whole).set_aside).toContain('JSON');
    expect((await claim(bench))?.jobId).toBe(broken);
    expect((await bench.store.jobs.find(whole))?.setAside).toContain('JSON');
  });
});
