import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ConfigInput } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine } from '#dist/client/open-engine.js';
import type { WorkOrder } from '#dist/engine/job-task.js';
import { EventBus } from '#dist/events.js';
import type { DeletionAct } from '#dist/faults.js';
import { releaseWork } from '#dist/scheduler/stages/delete.js';
import { DeletionLab, T0 } from '../../support/deletion-lab.js';
import { listing, type Tree } from '../../support/lab.js';
import { when } from './cleanup-lab.js';

const LEASE = 7;

interface Deletion {
  readonly cleanup?: ConfigInput['nasCleanup'];
  readonly tree?: Tree;
  /** The lease goes to another owner there. */
  readonly lostAt: readonly ['before' | 'after', DeletionAct, number?];
  readonly whenLost?: (run: string) => void;
  /** Time that each file takes. */
  readonly msPerFile?: number;
}

/** A deletion that is under way while its lease goes, of which no heartbeat and no other process tells it. */
async function deletion({ cleanup, tree = { 'a.txt': 'a' }, lostAt, whenLost, msPerFile = 0 }: Deletion) {
  const lab = new DeletionLab();
  const config = lab.configWith({ ...cleanup });
  const run = await lab.proven(tree, {}, config);
  const clock = new SimulatedClock(T0);
  const lease = { revision: LEASE };
  const [moment, act, nth] = lostAt;
  const lose = (): void => {
    lease.revision += 1;
    whenLost?.(run);
  };
  const losing = when(moment, act, lose, nth);
  const faults: typeof losing = {
    at: async (now, doing) => {
      await losing.at(now, doing);
      if (now === 'after' && (doing === 'unlink' || doing === 'trash')) await clock.advance(msPerFile);
    },
  };
  const engine = await openEngine({ config, database: lab.at('queue.db'), clock, faults }, new EventBus());
  onTestFinished(async () => {
    await engine.pool.close();
    await engine.store.close();
  });
  const [job] = await engine.store.jobs.list();
  const leasedTo = () => Promise.resolve(new Map([[job!.jobId, lease.revision]]));
  const lastEntries = () => Promise.resolve([]);
  const order: WorkOrder = {
    job: { ...job!, revision: LEASE },
    context: job!.context!,
    bay: [...engine.bays.values()][0]!,
    engine: {
      ...engine,
      store: { ...engine.store, jobs: { leasedTo, lastEntries } as unknown as typeof engine.store.jobs },
    },
    signal: new AbortController().signal,
  };
  const { event } = await releaseWork(order);
  const onNas = JSON.parse(readFileSync(lab.onNas(run, '.exlab-wizard/creation.json'), 'utf8')) as object;
  return { event, left: existsSync(run) ? listing(run) : [], onNas };
}

const TAKEN_OVER = {
  type: 'cleanup.failed',
  message: expect.stringContaining('taken over by another process') as string,
};
const RECORD = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];

describe('a deletion whose lease goes to another owner', () => {
  it.for([true, false])('right after the last file tells the NAS nothing: retain_cache %s', async (retainCache) => {
    const { event, left, onNas } = await deletion({
      cleanup: { retainCache },
      lostAt: ['before', 'record-on-nas'],
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(onNas).toMatchObject({ sync_status: 'synced' });
    expect(left.filter((path) => !path.includes('.nas-sync-trash'))).toEqual(RECORD);
  });

  it('once the NAS was told leaves the record folder alone', async () => {
    const { event, left } = await deletion({
      cleanup: { retainCache: false },
      lostAt: ['after', 'record-on-nas'],
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(left).toEqual(RECORD);
  });

  it('in the middle of the record folder leaves the rest of it', async () => {
    const { event, left } = await deletion({
      cleanup: { retainCache: false },
      tree: { 'a.txt': 'a', '.exlab-wizard/one.log': '1', '.exlab-wizard/two.log': '2' },
      lostAt: ['after', 'unlink-record'],
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(left).toEqual([...RECORD, '.exlab-wizard/two.log']);
  });

  it('after the manifest leaves the record', async () => {
    const { event, left } = await deletion({
      cleanup: { retainCache: false },
      lostAt: ['after', 'unlink-record'],
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(left).toEqual(['.exlab-wizard/', '.exlab-wizard/creation.json']);
  });

  it('after the record leaves the folders', async () => {
    const { event, left } = await deletion({
      cleanup: { retainCache: false },
      lostAt: ['after', 'unlink-record', 2],
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(left).toEqual(['.exlab-wizard/']);
  });

  it('does not take back on the NAS what its next owner may have said there', async () => {
    const { event, onNas } = await deletion({
      lostAt: ['after', 'record-on-nas'],
      whenLost: (run) => writeFileSync(`${run}/new.txt`, 'new'),
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(onNas).toMatchObject({ sync_status: 'cleaned' });
  });
});

describe('files that go one by one while the lease goes', () => {
  const TREE = { 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c', 'd.txt': 'd' };
  const filesIn = (left: readonly string[]): string[] => left.filter((path) => path.endsWith('.txt'));

  it('stay as soon as a second has passed since the lease was looked up', async () => {
    const { event, left } = await deletion({ tree: TREE, lostAt: ['after', 'unlink', 2], msPerFile: 1000 });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(filesIn(left)).toEqual(['c.txt', 'd.txt']);
  });

  it('stay where they are rather than go to the trash', async () => {
    const { event, left } = await deletion({
      tree: TREE,
      cleanup: { trashHours: 24 },
      lostAt: ['after', 'trash', 2],
      msPerFile: 1000,
    });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(filesIn(left).filter((path) => !path.startsWith('.exlab-wizard'))).toEqual(['c.txt', 'd.txt']);
  });

  it('all stay where it went before the first one', async () => {
    const { event, left } = await deletion({ tree: TREE, lostAt: ['after', 'intent'] });
    expect(event).toMatchObject(TAKEN_OVER);
    expect(filesIn(left)).toEqual(['a.txt', 'b.txt', 'c.txt', 'd.txt']);
  });
});
