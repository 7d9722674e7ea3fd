import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import { DeletionLab, HOUR, T0 } from '../../support/deletion-lab.js';
import { sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb' };

describe('a run folder that is to leave with its cache', () => {
  it('leaves with whatever the host keeps beside the record, at any depth', async () => {
    const lab = new DeletionLab();
    const config = lab.configWith({ retainCache: false });
    const beside = { '.exlab-wizard/logs/2026/11/run.log': 'log', '.exlab-wizard/logs/empty/': '' };
    const run = await lab.proven({ ...TREE, ...beside }, {}, config);
    await lab.letGo(config);
    expect(existsSync(run)).toBe(false);
    expect(readFileSync(lab.onNas(run, '.exlab-wizard/logs/2026/11/run.log'), 'utf8')).toBe('log');
    await sha256sumCheck(lab.onNas(run));
  });

  it.for(['before record-on-nas', 'before unlink-record', 'before remove-run'])(
    'stays with a file that appears %s, and is not called cleaned',
    async (when) => {
      const lab = new DeletionLab();
      const config = lab.configWith({ retainCache: false });
      const run = await lab.proven(TREE, {}, config);
      const at = (moment: string, act: string): void => {
        if (`${moment} ${act}` === when && existsSync(run)) writeFileSync(join(run, 'new.txt'), 'new');
      };
      const client = lab.open({ config, clock: new SimulatedClock(T0), faults: { at } });
      await client.init();
      await client.idle();
      expect(readFileSync(join(run, 'new.txt'), 'utf8')).toBe('new');
      expect(await client.status(run)).toBe('cleanup_eligible');
      expect((await client.job(run))?.waitingFor).not.toEqual([]);
      expect(lab.lost(run)).toEqual([]);
    },
  );

  it('stays with what the host wrote beside the record, and the NAS does not hold', async () => {
    const lab = new DeletionLab();
    const config = lab.configWith({ retainCache: false });
    const run = await lab.proven(TREE, {}, config);
    const note = join(run, '.exlab-wizard/note.txt');
    const at = (moment: string, act: string): void => {
      if (`${moment} ${act}` === 'after record-on-nas') writeFileSync(note, 'later');
    };
    const client = lab.open({ config, clock: new SimulatedClock(T0), faults: { at } });
    await client.init();
    await client.idle();
    expect(readFileSync(note, 'utf8')).toBe('later');
    expect(await client.status(run)).toBe('cleanup_eligible');
  });
});

describe('a file that appears while the others are deleted', () => {
  it.for([0, 24])('stays, is named, and is synced with the next pass: trash_hours %i', async (trashHours) => {
    const lab = new DeletionLab();
    const config = lab.configWith({ trashHours });
    const run = await lab.proven(TREE, {}, config);
    const last = trashHours === 0 ? 'after unlink' : 'after trash';
    const at = (moment: string, act: string): void => {
      if (`${moment} ${act}` === last && !existsSync(lab.onNas(run, 'new.txt'))) {
        writeFileSync(join(run, 'new.txt'), 'new');
      }
    };
    const clock = new SimulatedClock(T0);
    const client = lab.open({ config, clock, faults: { at } });
    await client.init();
    await client.idle();
    expect(readFileSync(join(run, 'new.txt'), 'utf8')).toBe('new');
    expect(await client.job(run)).toMatchObject({
      state: 'cleanup_eligible',
      waitingFor: [{ name: 'kept_files', measured: expect.stringContaining('new.txt') as string }],
    });
    await clock.advance(60 * HOUR, () => client.idle());
    expect(readFileSync(lab.onNas(run, 'new.txt'), 'utf8')).toBe('new');
    await clock.advance(60 * HOUR, () => client.idle());
    expect(await client.status(run)).toBe('cleaned');
    await sha256sumCheck(lab.onNas(run));
    expect(lab.lost(run)).toEqual([]);
  });
});

describe('a deletion that was cut off at its very end, and is taken up when its proof has run out', () => {
  const CUTS = [
    ['before record-on-nas', 1, true],
    ['before done', 1, true],
    ['after unlink-record', 1, false],
    ['after unlink-record', 2, false],
    ['after remove-run', 1, false],
    ['after remove-run', 2, false],
    ['before done', 1, false],
  ] as const;

  it.for(CUTS)('is ended: %s (%i), retain_cache %s', async ([moment, nth, retainCache]) => {
    const lab = new DeletionLab();
    const config = lab.configWith({ retainCache });
    const run = await lab.proven(TREE, { link: 'a.txt' }, config);
    await lab.child({ config, kill: { moment, nth } });
    expect(lab.lost(run)).toEqual([]);
    const { jobs } = await lab.child({ config, at: T0 + 1000 * HOUR });
    expect(jobs).toMatchObject([{ state: 'cleaned', lastError: null }]);
    expect(await lab.unlike(run)).toBe('');
    await sha256sumCheck(lab.onNas(run));
  });
});

describe('a run that was healed out of the trash and then lost a file here', () => {
  it('fails, or rests on what the NAS holds, and does not push in a circle', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { cleanup: { minAgeHours: 4 } });
    await pass(6);
    mkdirSync(join(run, 'deep'));
    let pushes = 0;
    client.live.subscribe(({ context }) => {
      const work = Object.values(context.jobs)[0]?.work;
      // Once its bytes are on the NAS, and before they are compared.
      if (work?.phase === 'verify' && pushes > 0) rmSync(join(run, 'a.txt'), { force: true });
      if (work?.phase === 'push') pushes += 1;
    });
    writeFileSync(join(run, 'new.txt'), 'new');
    await client.enqueue(run);
    await client.settled([(await client.job(run))!.jobId]);
    await client.idle();
    const events = await lab.events(run, client);
    expect(events.filter((event) => event === 'run.changed').length).toBeLessThan(5);
    expect(lab.lost(run)).toEqual([]);
  });
});
