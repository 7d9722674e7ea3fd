import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { itMounts } from '../mount/mounts.js';
import { mountPool } from './mounts.js';

const BIG_BYTES = 6 * 1024 * 1024;

/** The record folder of the run's place on one disk, a folder of data on the other: no rename leads from one to the other. */
async function pooled(dataFolder = 'data') {
  const lab = new Lab({ delays: ['1h'] });
  const [first, second] = await mountPool(lab, lab.nas);
  mkdirSync(join(first, 'Run_1/.exlab-wizard'), { recursive: true });
  mkdirSync(join(second, 'Run_1', dataFolder), { recursive: true });
  return { lab, second };
}

const ours = (folder: string): string[] => listing(folder).filter((path) => path.includes('.nas-sync-'));

describe('a pooled share whose folders lie on several disks (rename answers EXDEV)', () => {
  itMounts('holds the run, small files and large, with links, and no name of ours is left in it', async () => {
    const { lab } = await pooled();
    const run = await lab.makeRun({
      'top.txt': 'top',
      'data/small.txt': 'small',
      'data/other.txt': 'other',
      'data/big.bin': noise(BIG_BYTES),
      'data/second.bin': noise(BIG_BYTES, 2),
    });
    symlinkSync('small.txt', join(run, 'data/latest'));

    const job = await lab.sync(run, lab.client, { patient: false });

    expect(job).toMatchObject({ state: 'verified', attempts: 0, lastError: null });
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
    expect(ours(lab.nas)).toEqual(['.nas-sync-target.json']);
  });

  itMounts('gets a changed file again, in one step', async () => {
    const { lab } = await pooled();
    const run = await lab.makeRun({ 'data/a.txt': 'a', 'b.txt': 'b' });
    await lab.sync(run);
    writeFileSync(join(run, 'data/a.txt'), 'changed');

    expect(await lab.sync(run, lab.client, { patient: false })).toMatchObject({ state: 'verified', lastError: null });
    expect(await differences(run, lab.onNas(run))).toBe('');
  });

  itMounts('sets aside the copies of files that were removed from the run, and loses none', async () => {
    const { lab, second } = await pooled();
    const run = await lab.makeRun({ 'data/a.txt': 'a', 'data/b.bin': noise(300_000), 'b.txt': 'b' });
    symlinkSync('a.txt', join(run, 'data/latest'));
    await lab.sync(run);
    rmSync(join(run, 'data/b.bin'));
    rmSync(join(run, 'data/latest'));
    writeFileSync(join(run, 'data/c.bin'), 'c');

    expect(await lab.sync(run, lab.client, { patient: false })).toMatchObject({ state: 'verified', lastError: null });

    const [aside = ''] = listing(lab.onNas(run, '.exlab-wizard/set-aside')).filter((path) => path.endsWith('b.bin'));
    expect(readFileSync(lab.onNas(run, '.exlab-wizard/set-aside', aside))).toEqual(Buffer.from(noise(300_000)));
    expect(readlinkSync(lab.onNas(run, '.exlab-wizard/set-aside', dirname(aside), 'latest'))).toBe('a.txt');
    expect(existsSync(join(second, 'Run_1/data/b.bin'))).toBe(false);
    expect(listing(lab.onNas(run)).filter((path) => path.includes('.nas-sync-'))).toEqual([]);
  });

  itMounts('loses what a killed push left beside the final names, and nothing else', async () => {
    const { lab, second } = await pooled();
    const killed = `.nas-sync-part-${randomUUID()}-3`;
    const theirs = '.nas-sync-part-of-somebody-else';
    const inRun = `.nas-sync-part-${randomUUID()}-0`;
    const place = join(lab.nas, 'Run_1');
    mkdirSync(join(place, '.exlab-wizard/.nas-sync-partial'));
    writeFileSync(join(place, '.exlab-wizard/.nas-sync-partial/beside-final-names'), '');
    writeFileSync(join(second, 'Run_1/data', killed), 'half');
    const run = await lab.makeRun({ 'data/a.txt': 'a', [`data/${inRun}`]: 'data of the run' });
    writeFileSync(join(run, 'data', theirs), 'x');

    const job = await lab.sync(run, lab.client, { patient: false });

    expect(job).toMatchObject({ state: 'verified', lastError: null });
    expect(await differences(run, place)).toBe('');
    expect(listing(join(place, 'data'))).toEqual([inRun, theirs, 'a.txt'].sort());
  });

  itMounts('never reports as foreign data what a push that was cut off has left', async () => {
    const { lab } = await pooled();
    const run = await lab.makeRun({ 'data/a.txt': 'a' });
    await lab.sync(run);
    const place = lab.onNas(run);
    writeFileSync(join(place, 'data', `.nas-sync-part-${randomUUID()}-3`), 'half');
    // Without the note of a push that is not over, such a name is like any other.
    expect((await lab.client.forceVerify(run)).extra).toHaveLength(1);

    mkdirSync(join(place, '.exlab-wizard/.nas-sync-partial'));
    writeFileSync(join(place, '.exlab-wizard/.nas-sync-partial/beside-final-names'), '');

    expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, extra: [] });
  });
});
