import { chmodSync, mkdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { fill, Lab, listing } from '../../support/lab.js';
import { mountExfat, mountNtfs } from '../file-systems/mounts.js';
import { itMounts } from '../mount/mounts.js';
import { NOTHING_WRONG } from './local-copies.js';
import {
  asRestored,
  setModesAndTimes,
  metadataOf,
  emptyAnyway,
  modesOf,
  MODES,
  octal,
  openAll,
  TREE,
} from './modes-lab.js';

const asRoot = process.getuid?.() === 0;
/** What becomes here of a mode by which all may do everything. */
function usual(lab: Lab): string {
  mkdirSync(lab.at('usual'), { mode: 0o777 });
  return octal(statSync(lab.at('usual')).mode);
}

interface Proven {
  readonly lab: Lab;
  readonly run: string;
  /** As a restore has to give it back. */
  readonly was: Record<string, string>;
}

/** A run on a NAS that opens all of it to everybody, of which nothing is here any more. */
async function emptied(modes = MODES, tree = TREE): Promise<Proven> {
  const lab = new Lab();
  const run = await lab.makeRun(tree);
  setModesAndTimes(run, modes);
  const was = asRestored(metadataOf(run));
  expect(await lab.sync(run)).toMatchObject({ lastError: null, verifyPasses: 1 });
  openAll(lab.onNas(run));
  emptyAnyway(run);
  return { lab, run, was };
}

/** As a release left it that remembered no modes. */
function forgetModes({ lab }: Proven): void {
  const raw = new Sqlite(lab.at('queue.db'));
  raw.exec('UPDATE proof_files SET mode = NULL; UPDATE proof_shapes SET mode = NULL, mtime_ns = NULL');
  raw.close();
}

it('files and folders come back with the modes and times that they had here, whatever the NAS has', async () => {
  const { lab, run, was } = await emptied();

  expect(await lab.client.restore(run)).toMatchObject({ restored: 11, ...NOTHING_WRONG });

  expect(metadataOf(run)).toEqual(was);
});

it.runIf(asRoot)('what nobody but root could open comes back as closed as it was', async () => {
  const { lab, run, was } = await emptied({ ...MODES, 'read.txt': 0, 'plain/f.txt': 0, plain: 0, empty: 0 });

  await lab.client.restore(run);

  expect(metadataOf(run)).toEqual(was);
  expect(was).toMatchObject({ 'read.txt': expect.stringMatching(/^0000 /u) as string });
});

it('in another folder they come back the same', async () => {
  const { lab, run, was } = await emptied();

  await lab.client.restore(run, { to: lab.at('back') });

  expect(metadataOf(lab.at('back'))).toEqual(was);
});

it('a second restore changes no mode and no time', async () => {
  const { lab, run, was } = await emptied();
  await lab.client.restore(run);
  const before = statSync(join(run, 'plain'), { bigint: true });

  expect(await lab.client.restore(run)).toMatchObject({ restored: 0, skipped: 11 });

  expect(metadataOf(run)).toEqual(was);
  expect(statSync(join(run, 'plain'), { bigint: true }).ctimeNs).toBe(before.ctimeNs);
});

describe('a restore that is cut off', () => {
  /** More than one batch, so that some files are here already. */
  const many = Array.from({ length: 600 }, (_, index) => `many/${index}.txt`);
  const modes = { ...MODES, ...Object.fromEntries(many.map((path) => [path, 0o600])), many: 0o500 };

  async function cutOff(): Promise<Proven> {
    const proven = await emptied(modes, { ...TREE, ...Object.fromEntries(many.map((path) => [path, path])) });
    const { lab, run } = proven;
    const abort = new AbortController();
    lab.client.live.subscribe(({ context }) => {
      const work = Object.values(context.jobs)[0]?.work;
      if (work?.phase === 'restore' && work.files > 550) abort.abort(new Error('enough'));
    });
    await expect(lab.client.restore(run, { signal: abort.signal })).rejects.toThrow('enough');
    return proven;
  }

  it('has opened nothing to anybody to whom it was closed', async () => {
    const { run, was } = await cutOff();

    const others = (told: string): number => Number.parseInt(told.slice(2, 4), 8);
    const opened = Object.entries(modesOf(run)).filter(([path, told]) => others(told) & ~others(was[path]!));
    expect(opened).toEqual([]);
    expect(modesOf(run), 'it was cut off before the end').toMatchObject({ many: '1700', 'many/1.txt': '0600' });
    expect(modesOf(run)).not.toHaveProperty(['tool.sh']);
  });

  it('is finished by the next one, modes and times included', async () => {
    const { lab, run, was } = await cutOff();

    await lab.client.restore(run);

    expect(metadataOf(run)).toEqual(was);
  });
});

describe('one file of a folder that was closed to others', () => {
  it('comes back in a folder that is as closed, though only the file was asked for', async () => {
    const { lab, run, was } = await emptied();

    await lab.client.restore(run, { files: ['private/b.txt', 'locked/deep/a.txt'] });

    const come = ['locked', 'locked/deep', 'locked/deep/a.txt', 'private', 'private/b.txt'];
    expect(metadataOf(run)).toEqual(Object.fromEntries(come.map((path) => [path, was[path]])));
  });

  it('and the rest comes into that folder later, and leaves its mode and time as they were', async () => {
    const { lab, run, was } = await emptied();
    await lab.client.restore(run, { files: ['plain/e.txt', 'private'] });

    await lab.client.restore(run);

    expect(metadataOf(run)).toEqual(was);
  });
});

describe('a folder that is here already', () => {
  it('keeps the mode that a person gave it, and is none that a restore dates back', async () => {
    const { lab, run } = await emptied();
    fill(run, { 'plain/mine.txt': 'mine', 'public/mine.txt': 'mine', 'empty/mine.txt': 'mine' });
    chmodSync(join(run, 'plain'), 0o755);
    chmodSync(join(run, 'public'), 0o750);
    chmodSync(join(run, 'empty'), 0o770);

    await lab.client.restore(run);

    expect(modesOf(run)).toMatchObject({ plain: '0755', public: '0750', empty: '0770' });
    expect(Date.now() - statSync(join(run, 'plain')).mtimeMs).toBeLessThan(600_000);
    expect(Date.now() - statSync(join(run, 'empty')).mtimeMs).toBeLessThan(600_000);
  });

  it('stays as closed as a person made it since, or as open', async () => {
    const { lab, run } = await emptied();
    await lab.client.restore(run);
    for (const [file, mode] of [
      ['plain/e.txt', 0o700],
      ['private/b.txt', 0o750],
    ] as const) {
      const folder = join(run, file, '..');
      const { atimeMs, mtimeMs } = statSync(folder);
      rmSync(join(run, file));
      utimesSync(folder, atimeMs / 1000, mtimeMs / 1000);
      chmodSync(folder, mode);
    }

    expect(await lab.client.restore(run)).toMatchObject({ restored: 2 });

    expect(modesOf(run)).toMatchObject({ plain: '0700', private: '0750', 'plain/e.txt': '0644' });
  });

  it('gets its files back where the run left it, and its time with them', async () => {
    const lab = new Lab();
    const run = await lab.makeRun(TREE);
    setModesAndTimes(run);
    const was = asRestored(metadataOf(run));
    await lab.sync(run);
    rmSync(join(run, 'plain/e.txt'));
    const { mtimeMs } = statSync(join(run, 'private'));
    utimesSync(join(run, 'plain'), 1, Number(was['plain']!.slice(5)) / 1e6);

    expect(await lab.client.restore(run)).toMatchObject({ restored: 1, skipped: 10 });

    expect(metadataOf(run)).toMatchObject({ plain: was['plain'], 'plain/e.txt': was['plain/e.txt'] });
    expect(statSync(join(run, 'private')).mtimeMs).toBe(mtimeMs);
    expect(modesOf(run), 'what nothing came into is as it was').toMatchObject({ shared: '2775', 'set.sh': '6755' });
  });

  it('stays sticky where the run was, and comes back without that where it has to be made', async () => {
    const lab = new Lab();
    const run = await lab.makeRun(TREE);
    setModesAndTimes(run, { ...MODES, public: 0o1777 });
    await lab.sync(run);
    const { mtimeMs } = statSync(join(run, 'public'));
    rmSync(join(run, 'public/d.txt'));
    utimesSync(join(run, 'public'), 1, mtimeMs / 1000);

    await lab.client.restore(run);
    await lab.client.restore(run, { to: lab.at('back') });

    expect(modesOf(run)).toMatchObject({ public: '1777', 'public/d.txt': '0666' });
    expect(modesOf(lab.at('back'))).toMatchObject({ public: '0777', 'public/d.txt': '0666' });
  });

  it('gives its group to what comes into it, as to anything that is made there', async () => {
    const { lab, run } = await emptied();
    mkdirSync(lab.at('back'));
    chmodSync(lab.at('back'), 0o2775);

    await lab.client.restore(run, { to: lab.at('back') });

    expect(modesOf(lab.at('back'))).toMatchObject({ plain: '2755', private: '2500', 'plain/e.txt': '0644' });
  });
});

it('a file that is replaced gets the mode that it had in the run', async () => {
  const { lab, run } = await emptied();
  writeFileSync(join(run, 'owner.bin'), 'another', { mode: 0o666 });

  await lab.client.restore(run, { overwrite: true });

  expect(modesOf(run)).toMatchObject({ 'owner.bin': '0600' });
});

describe('where nothing tells which modes a run had', () => {
  it('files have those of the NAS, no more open than anything that is made here, and folders those of new ones', async () => {
    const proven = await emptied();
    const { lab, run } = proven;
    forgetModes(proven);
    chmodSync(lab.onNas(run, 'plain/f.txt'), 0o600);
    chmodSync(lab.onNas(run, 'set.sh'), 0o6777);

    expect(await lab.client.restore(run)).toMatchObject({ restored: 11, ...NOTHING_WRONG });

    const mode = usual(lab);
    expect(modesOf(run)).toMatchObject({
      ...{ 'read.txt': mode, 'set.sh': mode, 'plain/f.txt': '0600', private: mode, plain: mode },
    });
  });

  it('and a queue that was lost knows none either', async () => {
    const { lab, run } = await emptied();
    const client = lab.open({ database: lab.at('new-queue.db') });

    expect(await client.restore(run)).toMatchObject({ restored: 11, ...NOTHING_WRONG });

    const mode = usual(lab);
    expect(modesOf(run)).toMatchObject({ 'owner.bin': mode, private: mode });
  });
});

for (const [name, mountAt] of [
  ['exFAT', mountExfat],
  ['NTFS', mountNtfs],
] as const) {
  itMounts(`a disk that holds no modes takes the run all the same: ${name}`, async () => {
    const { lab, run } = await emptied();
    mkdirSync(lab.at('disk'));
    await mountAt(lab, lab.at('disk'));

    expect(await lab.client.restore(run, { to: lab.at('disk/back') })).toMatchObject({
      restored: 11,
      ...NOTHING_WRONG,
    });

    expect(listing(lab.at('disk/back'))).toEqual(expect.arrayContaining(['private/b.txt', 'locked/deep/a.txt']));
    expect(modesOf(lab.at('disk/back')), 'it holds none').not.toMatchObject({ private: '0500' });
  });
}
