import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { itMounts, mountTmpfs, remount } from './mounts.js';

const MIB = 1024 * 1024;
const TREE = { 'a.bin': noise(MIB), 'b.bin': noise(MIB, 2), 'c.bin': noise(4 * MIB, 3), 'sub/d.bin': noise(MIB, 4) };

itMounts(
  'backs off from a full target, with whole files only under their names, and ends once there is room',
  async () => {
    const lab = new Lab({ delays: ['100ms', '100ms', '100ms', '1h'] });
    await mountTmpfs(lab, lab.nas, '8m');
    writeFileSync(join(lab.nas, 'of another'), noise(4 * MIB, 9));
    const run = await lab.makeRun(TREE);

    await lab.client.enqueue(run);
    await vi.waitFor(
      async () => expect(await lab.client.job(run)).toMatchObject({ state: 'queued', attempts: 4 }),
      20_000,
    );

    const job = await lab.client.job(run);
    expect(job).toMatchObject({ lastError: { kind: 'target_full' }, waitingFor: [{ name: 'backoff' }] });
    expect(job!.lastError!.message).toContain('make room');
    expect(listing(lab.onNas(run, '.exlab-wizard'))).toEqual(['creation.json']);
    for (const path of listing(lab.onNas(run)).filter((name) => name.endsWith('.bin'))) {
      expect(readFileSync(lab.onNas(run, path))).toEqual(readFileSync(join(run, path)));
    }

    rmSync(join(lab.nas, 'of another'));
    await lab.client.close();
    const later = lab.open({ clock: inTwoHours() });
    expect(await lab.sync(run, later)).toMatchObject({ state: 'verified', attempts: 0, lastError: null });
    expect(await differences(run, lab.onNas(run))).toBe('');
    await sha256sumCheck(lab.onNas(run));
  },
);

itMounts('fails a job for a target that stays full, and brings it to its end by a retry', async () => {
  const lab = new Lab({ delays: ['50ms', '50ms'] });
  await mountTmpfs(lab, lab.nas, '4m');
  const run = await lab.makeRun(TREE);

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'failed', attempts: 3, lastError: { kind: 'target_full' } });
  await remount(lab.nas, 'size=64m');
  await lab.client.retry(run);
  expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});

/** What has to wait for an hour is due, without anybody waiting. */
const inTwoHours = () => ({
  now: () => Date.now() + 2 * 3_600_000,
  monotonic: () => performance.now(),
  setTimer: (fire: () => void, delayMs: number) => {
    const timer = setTimeout(fire, Math.min(delayMs, 2 ** 31 - 1));
    return () => clearTimeout(timer);
  },
});
