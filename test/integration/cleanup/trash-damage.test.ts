import { cpSync, existsSync, linkSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { flipBit } from '../../support/damage.js';
import { DeletionLab, TRASH } from '../../support/deletion-lab.js';
import { listing, sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.txt': 'a', 'deep/b.txt': 'bb', 'deep/empty/': '', 'deep/er/c.bin': 'ccc' };
const LINKS = { 'deep/to a': '../a.txt', 'deep/to c': 'er/c.bin' };

type Damage = (lab: DeletionLab, run: string) => void;
const DAMAGES: Readonly<Record<string, Damage>> = {
  'one bit is flipped': (lab, run) => flipBit(lab.onNas(run, 'deep/er/c.bin')),
  'a file is lost': (lab, run) => rmSync(lab.onNas(run, 'deep/b.txt')),
  'a link is lost': (lab, run) => rmSync(lab.onNas(run, 'deep/to a')),
  'an empty folder is lost': (lab, run) => rmSync(lab.onNas(run, 'deep/empty'), { recursive: true }),
  'all of it is lost': (lab, run) => rmSync(lab.onNas(run), { recursive: true }),
};
const damages = Object.keys(DAMAGES);

const whole = (folder: string) => listing(folder).filter((path) => !path.startsWith('.exlab-wizard'));

const healed = async (lab: DeletionLab, run: string): Promise<void> => {
  expect(await lab.unlike(run)).toBe('');
  expect(lab.lost(run)).toEqual([]);
};

/** The files are in the trash from hour 4 to 28. The pass before the end is at hour 24, the last look at hour 28. */
const cases = damages.flatMap((damage) => [
  { damage, hour: 10, until: 25, found: 'the pass before the end' },
  { damage, hour: 25, until: 29, found: 'the last look' },
]);

describe('a NAS that is damaged while the files are in the trash', () => {
  it.for(cases)('is healed by them: $damage, found by $found', async ({ damage, hour, until, found }) => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { links: LINKS, cleanup: { minAgeHours: 4 } });
    await pass(hour);
    const inode = statSync(join(run, TRASH, 'deep/er/c.bin')).ino;
    DAMAGES[damage]!(lab, run);
    await pass(until - hour);
    await healed(lab, run);
    const journal = await client.history(run);
    const since = journal.slice(journal.findIndex(({ event }) => event === 'cleanup.trashed'));
    const because = found === 'the last look' ? /the NAS copy is damaged/u : /the trash is emptied soon/u;
    const why = since.filter(({ event }) => event === 'pass.due').at(-1)?.detail['reason'];
    expect(why).toMatch(because);
    expect(since.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['verify.failed', 'push.succeeded', 'verify.succeeded']),
    );
    expect(whole(run), 'the files came back').toEqual(whole(lab.copy));
    expect(statSync(join(run, 'deep/er/c.bin')).ino).toBe(inode);
    expect(existsSync(join(run, TRASH))).toBe(false);
    await pass(30);
    expect(await client.status(run)).toBe('cleaned');
    await healed(lab, run);
    await sha256sumCheck(lab.onNas(run));
  });
});

describe('files that come back', () => {
  it('go again, where a process died between the two names of one of them', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { cleanup: { minAgeHours: 4 } });
    await pass(6);
    mkdirSync(join(run, 'deep'));
    linkSync(join(run, TRASH, 'deep/b.txt'), join(run, 'deep/b.txt'));
    flipBit(lab.onNas(run, 'a.txt'));
    await pass(19);
    expect(whole(run)).toEqual(whole(lab.copy));
    expect(existsSync(join(run, TRASH)), 'nothing stays in the trash').toBe(false);
    await pass(30);
    expect(await client.job(run)).toMatchObject({ state: 'cleaned', waitingFor: [] });
    await healed(lab, run);
  });

  it('are not lost where the NAS is another one by now', async () => {
    const lab = new DeletionLab();
    const { run, client, pass } = await lab.trashed(TREE, { links: LINKS });
    renameSync(lab.nas, lab.at('the first'));
    cpSync(lab.at('the first', 'Run_1'), lab.onNas(run), { recursive: true, verbatimSymlinks: true });
    await pass(30);
    expect(whole(join(run, TRASH))).toEqual(expect.arrayContaining(['a.txt', 'deep/b.txt', 'deep/er/c.bin']));
    expect(await client.status(run)).not.toBe('cleaned');
  });
});
