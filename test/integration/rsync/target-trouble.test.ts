import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it, vi } from 'vitest';
import { differences, listing, noise } from '../../support/lab.js';
import { itMounts, mountExt4, mountTmpfs, remount } from '../mount/mounts.js';
import { rushingClock } from './clocks.js';
import { RsyncLab } from './rsync-lab.js';

const MIB = 1024 * 1024;
const TREE = { 'a.bin': noise(MIB), 'b.bin': noise(MIB, 2), 'c.bin': noise(4 * MIB, 3), 'sub/d.bin': noise(MIB, 4) };

itMounts.each(['gnu', 'rsync-only'] as const)(
  'a full target on a server with a %s account is backed off from, with whole files only under their names',
  async (flavour) => {
    const lab = await RsyncLab.with(flavour, { delays: ['50ms'] });
    await mountTmpfs(lab, lab.server.folder, '8m');
    writeFileSync(join(lab.server.folder, 'of another'), noise(4 * MIB, 9));
    const run = await lab.makeRun(TREE);

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'failed', attempts: 2, lastError: { kind: 'target_full' } });
    expect(job.lastError!.message).toContain('make room');
    const arrived = listing(lab.onNas(run)).filter((path) => path.endsWith('.bin') && !path.startsWith('.'));
    for (const path of arrived) expect(readFileSync(lab.onNas(run, path))).toEqual(readFileSync(join(run, path)));

    rmSync(join(lab.server.folder, 'of another'));
    await remount(lab.server.folder, 'size=32m');
    await lab.client.retry(run);
    expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ attempts: 0, lastError: null });
    expect(await differences(run, lab.onNas(run))).toBe('');
  },
);

itMounts('a target that is read-only fails the job at once, and a retry ends it once it is writable', async () => {
  const lab = await RsyncLab.with('gnu');
  await mountTmpfs(lab, lab.server.folder, '8m');
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_1'));
  await remount(lab.server.folder, 'ro');
  const run = await lab.makeRun({ 'b.txt': 'b' }, 'Run_2');

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'auth' } });
  expect(job.lastError!.message).toContain('the target is read-only; mount it for writing, then retry');
  await remount(lab.server.folder, 'rw');
  await lab.client.retry(run);
  expect((await lab.client.waitFor(run, 'verified')).lastError).toBeNull();
});

itMounts('a target that became read-only under a run that is there says so, and not that it is gone', async () => {
  const lab = await RsyncLab.with('rsync-only');
  await mountTmpfs(lab, lab.server.folder, '8m');
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.sync(run);
  await remount(lab.server.folder, 'ro');
  writeFileSync(join(run, 'b.txt'), 'b');

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'auth' } });
  expect(job.lastError!.message).toContain('read-only');
});

itMounts('one file on the target that may not be replaced fails the job at once, by its name', async () => {
  const lab = await RsyncLab.with('gnu');
  await mountExt4(lab, lab.server.folder);
  const run = await lab.makeRun({ 'a.txt': 'a', 'permission denied.txt': 'b' });
  const { jobId } = await lab.sync(run);
  const held = lab.onNas(run, 'a.txt');
  writeFileSync(held, 'x');
  await execa('chattr', ['+i', held]);
  lab.atEnd(() => execa('chattr', ['-i', held], { reject: false }));

  await lab.client.requestPass(run, 'test');
  const [job] = await lab.client.settled([jobId], { patient: true });

  expect(job).toMatchObject({ state: 'failed', attempts: 0, lastError: { kind: 'auth' } });
  expect(job!.lastError!.message).toMatch(/a\.txt.*the target does not permit this; fix its permissions/);
});

it.each(['gnu', 'rsync-only'] as const)(
  'a top that is missing on a server with a %s account closes the lane, and is not made',
  async (flavour) => {
    const lab = await RsyncLab.with(flavour);
    renameSync(lab.server.folder, `${lab.server.folder}-away`);
    const client = lab.open({ clock: rushingClock() });
    const { jobId } = await client.enqueue(await lab.makeRun({ 'a.txt': 'a' }));
    const waiting = { attempts: 0, lastError: null, waitingFor: [{ name: 'target_reachable' }] };
    await vi.waitFor(async () => expect(await client.job(jobId)).toMatchObject(waiting), 10_000);

    expect(() => mkdirSync(lab.server.folder)).not.toThrow();
    expect(await client.waitFor(jobId, 'verified')).toMatchObject({ attempts: 0, lastError: null });
  },
);
