import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { expect, onTestFinished, test } from 'vitest';
import { restore } from '#dist/machines/restore.js';
import { openStore } from '#dist/persistence/store.js';
import { placeOf, rowTaken } from '../../model/oracle.js';
import { basicEventsAt, flat } from '../../model/samples.js';
import { EQUIPMENT, Lab, differences } from '../../support/lab.js';
import { replayedJobs } from '../../support/replayed.js';

/** Written by the release before: one job after each transition of the machine, one for each old wait, one that is set aside. */
const EVERY_TRANSITION = join(import.meta.dirname, 'golden/every-transition.db');
/** Written by the release before: runs of a lab that are cleaned, in the trash, refused, cancelled, and queued. */
const LAB = join(import.meta.dirname, 'golden/lab.db');
const LAB_ROOT = '/tmp/nas-sync-lab-5NbZ4j';
const LATER = 400 * 24 * 3_600_000;

function copyOf(golden: string, lab = new Lab()): string {
  const file = lab.at('golden.db');
  copyFileSync(golden, file);
  return file;
}

test.each([EVERY_TRANSITION, LAB])('the journals of an older queue replay to its jobs: %s', async (golden) => {
  const jobs = (await replayedJobs(copyOf(golden))).filter(({ stored }) => (stored as { context: unknown }).context);

  expect(jobs.length).toBeGreaterThan(5);
  for (const { stored, replayed } of jobs) expect(replayed).toEqual(stored);
});

test('each job of an older queue takes the next event of its state', async () => {
  const file = copyOf(EVERY_TRANSITION);
  const store = await openStore(file);
  onTestFinished(() => store.close());
  const raw = new Sqlite(file, { readonly: true });
  onTestFinished(() => void raw.close());
  const rows = raw.prepare('SELECT * FROM jobs').all() as Record<string, string & number>[];
  let walked = 0;
  for (const row of rows) {
    const restored = restore({ version: row['machine_version']!, snapshot: row['snapshot']! });
    if (!restored.ok) continue;
    const { snapshot } = restored;
    const events = flat(basicEventsAt(LATER)).filter(({ type }) => type !== 'claimed' && type !== 'verify.succeeded');
    const event = events.find((each) => rowTaken(placeOf(snapshot), snapshot.context, each) !== null);
    if (event === undefined) continue;
    const fence =
      row['lease_owner'] === null ? {} : { fence: { owner: row['lease_owner']!, revision: row['revision']! } };
    expect(await store.jobs.advance(row['job_id']!, event, event.type === 'cancelled' ? {} : fence)).toMatchObject({
      changed: true,
    });
    walked += 1;
  }
  expect(walked).toBeGreaterThan(50);
});

test('a run that an older release has queued is pushed and verified', async () => {
  const lab = new Lab();
  const file = copyOf(LAB, lab);
  const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.bin': 'b' }, 'queued');
  const hand = new Sqlite(file);
  hand
    .prepare('UPDATE jobs SET run_path = ?, target_place = ?, equipment_id = ? WHERE run_path = ?')
    .run(run, `mount:${lab.nas}`, EQUIPMENT, `${LAB_ROOT}/local/queued`);
  hand.close();

  const client = lab.open({ database: file });

  expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });
  expect(await differences(run, lab.onNas(run))).toBe('');
});
