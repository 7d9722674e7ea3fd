import { lutimesSync, mkdirSync, rmSync, statSync, symlinkSync, utimesSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ODD_NAMES, SimulatedClock } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck, type LabOptions } from '../../support/lab.js';
import { empty, keepCopy, NOTHING_WRONG } from './local-copies.js';

const TREE = {
  'a.bin': noise(300_000),
  'sub/deep/b.txt': 'b',
  'empty file': '',
  'empty folder/': '',
  ...Object.fromEntries(Object.values(ODD_NAMES).map((name, index) => [`odd/${name}`, `content ${index}`])),
};
const HOUR = 3_600_000;
const FILES = Object.keys(TREE).length - 1;

async function synced(options: LabOptions = {}): Promise<{ lab: Lab; run: string; kept: string }> {
  const lab = new Lab(options);
  const run = await lab.makeRun(TREE);
  symlinkSync('deep/b.txt', join(run, 'sub/to-b'));
  symlinkSync('to-b', join(run, 'sub/to-to-b'));
  utimesSync(join(run, 'a.bin'), 1_600_000_000, 1_600_000_000.123456);
  lutimesSync(join(run, 'sub/to-b'), 1, 1);
  expect(await lab.sync(run)).toMatchObject({ lastError: null, verifyPasses: 1 });
  return { lab, run, kept: keepCopy(lab, run) };
}

it.each(['keep', 'follow'] as const)(
  'what was let go comes back as it was: files, empty folders, links (links: %s)',
  async (links) => {
    const { lab, run, kept } = await synced({ links });
    empty(run);

    const result = await lab.client.restore(run);

    expect(await differences(kept, run)).toBe('');
    expect(result).toEqual({
      ...{ runPath: run, to: run, restored: FILES + 2, skipped: 0, files: FILES + 2 },
      ...{ bytes: expect.any(Number), ...NOTHING_WRONG },
    });
  },
);

it('files have the time that they had here, whatever the NAS made of it', async () => {
  const { lab, run } = await synced();
  empty(run);
  utimesSync(lab.onNas(run, 'a.bin'), 0, 0);

  await lab.client.restore(run);

  expect(statSync(join(run, 'a.bin')).mtimeMs).toBeCloseTo(1_600_000_000_123.456, 2);
});

it('nothing of its own stays in the folder', async () => {
  const { lab, run, kept } = await synced();
  empty(run);

  await lab.client.restore(run);

  expect(listing(run)).toEqual(listing(kept));
});

it('a run whose folder is gone comes back with its record and its manifest', async () => {
  const { lab, run, kept } = await synced();
  rmSync(run, { recursive: true });

  await lab.client.restore(run);

  expect(listing(run)).toEqual(listing(kept));
  await sha256sumCheck(run);
});

it('a record that is here is left as it is, and so is the job', async () => {
  const { lab, run, kept } = await synced();
  empty(run);
  const before = await lab.client.job(run);

  await lab.client.restore(run);

  const record = '.exlab-wizard/creation.json';
  expect(await readFile(join(run, record), 'utf8')).toBe(await readFile(join(kept, record), 'utf8'));
  expect(await lab.client.job(run)).toEqual(before);
});

it('a second restore finds all in place and fetches nothing', async () => {
  const { lab, run } = await synced();
  empty(run);
  await lab.client.restore(run);
  const { ino } = statSync(join(run, 'a.bin'));

  const again = await lab.client.restore(run);

  expect(again).toMatchObject({ restored: 0, skipped: FILES + 2, ...NOTHING_WRONG });
  expect(statSync(join(run, 'a.bin')).ino).toBe(ino);
});

it('a run without files comes back as its folders', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'only/folders/': '' });
  await lab.sync(run);
  empty(run);

  expect(await lab.client.restore(run)).toMatchObject({ restored: 0, files: 0, ...NOTHING_WRONG });

  expect(listing(run)).toContain('only/folders/');
});

it('a run that the engine let go comes back, stays, and its job stays cleaned', async () => {
  const lab = new Lab();
  const clock = new SimulatedClock();
  const client = lab.open({ clock, config: { ...lab.config, scheduler: { leaseSeconds: 3600 } } });
  const run = await lab.makeRun({ 'a.txt': 'a', 'deep/b.txt': 'b', 'deep/empty/': '' });
  const kept = keepCopy(lab, run);
  await client.enqueue(run);
  const days = async (count: number): Promise<void> => {
    for (let hour = 0; hour < count * 24; hour += 4) await clock.advance(4 * HOUR, () => client.idle());
  };
  await client.idle();
  await days(3);
  expect(await client.status(run)).toBe('cleaned');
  expect(listing(run)).not.toContain('a.txt');

  expect(await client.restore(run)).toMatchObject({ restored: 2, ...NOTHING_WRONG });

  await days(3);
  expect(await client.status(run)).toBe('cleaned');
  expect(await differences(join(kept, 'deep'), join(run, 'deep'))).toBe('');
  expect(listing(run)).toContain('a.txt');
});

it('is found by its job, and by another spelling of its path', async () => {
  const { lab, run, kept } = await synced();
  const { jobId } = (await lab.client.job(run))!;
  mkdirSync(lab.at('links'));
  symlinkSync(lab.local, lab.at('links/local'));
  for (const name of [jobId, `${lab.at('links/local')}/../local/Run_1/`]) {
    rmSync(run, { recursive: true });
    await lab.client.restore(name);
    expect(await differences(join(kept, 'sub'), join(run, 'sub'))).toBe('');
  }
});
