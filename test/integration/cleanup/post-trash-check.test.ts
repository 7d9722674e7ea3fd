import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { listing } from '../../support/lab.js';
import { itMounts, mountTmpfs } from '../mount/mounts.js';
import { failing, HOUR, LettingGo, lost, when } from './cleanup-lab.js';

itMounts.each([{}, { trashHours: 1 }])(
  'what is on another file system than its run stays, and is named (%j)',
  async (policy) => {
    const scene = await LettingGo.proven({ policy });
    await mountTmpfs(scene.lab, scene.at('mounted'), '1m');
    writeFileSync(scene.at('mounted/m.dat'), 'on another disk');
    const { jobId } = await scene.open({ letGo: false }).enqueue(scene.run);
    await scene.pass();
    const before = scene.contents();

    const { result, job } = await scene.clean();

    expect(job).toMatchObject({ jobId, state: 'cleanup_eligible' });
    expect(result.refused.map(({ path }) => path)).toContain('mounted/m.dat');
    expect(JSON.stringify(result.refused)).toContain('another file system');
    expect(readFileSync(scene.at('mounted/m.dat'), 'utf8')).toBe('on another disk');
    expect(lost(before, scene.contents())).toEqual([]);
  },
);

it('a file that is restored while its run waits in the trash does not keep the run for ever', async () => {
  const scene = await LettingGo.proven({ policy: { trashHours: 2 } });
  const client = scene.open();
  await client.init();
  await client.idle();
  copyFileSync(scene.onNas('a.txt'), scene.at('a.txt'));
  await scene.clock.advance(4 * HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleaned');
  expect(listing(scene.run).filter((path) => !path.startsWith('.exlab-wizard'))).toEqual([]);
});

it('a run that was parked and changed is not let go by the passes of before', async () => {
  const scene = await LettingGo.proven({ policy: { minVerifyPasses: 2, passIntervalHours: 1 } });
  await scene.asking(async (client) => {
    await client.cancel(scene.run);
    writeFileSync(scene.at('a.txt'), 'written while it was parked');
    await client.retry(scene.run);
  });
  expect(await scene.pass()).toMatchObject({ state: 'verified', verifyPasses: 1 });
  const { result } = await scene.clean();
  expect(failing(result)).toContain('verify_passes');
  expect(readFileSync(scene.at('a.txt'), 'utf8')).toBe('written while it was parked');
});

it('what a host writes beside the record in the moment of the removal stays', async () => {
  const scene = await LettingGo.proven({
    policy: { retainCache: false },
    prepare: (run) => writeFileSync(join(run, '.exlab-wizard/notes.json'), 'old'),
  });
  const faults = when('before', 'unlink-record', () => {
    writeFileSync(scene.at('.exlab-wizard/notes.json.new'), 'new, on no NAS');
    renameSync(scene.at('.exlab-wizard/notes.json.new'), scene.at('.exlab-wizard/notes.json'));
  });
  const { job } = await scene.clean({ faults });
  expect(job.state).not.toBe('cleaned');
  expect(readFileSync(scene.at('.exlab-wizard/notes.json'), 'utf8')).toBe('new, on no NAS');
  expect(readFileSync(scene.onNas('.exlab-wizard/creation.json'), 'utf8')).toContain('synced');
});

it('a folder that is moved out of the run in the moment of a deletion keeps what is in it', async () => {
  const scene = await LettingGo.proven();
  const elsewhere = scene.lab.at('taken-away');
  const faults = when('before', 'take', () => renameSync(scene.at('deep'), elsewhere), 2);
  const { job } = await scene.clean({ faults });
  expect(job.state).not.toBe('cleaned');
  expect(listing(elsewhere)).toEqual(['b.bin', 'er/', 'er/c.txt', 'er/d.txt']);
});

it('a manifest that the NAS has no more keeps the record, and the run can go on', async () => {
  const scene = await LettingGo.proven({ policy: { retainCache: false } });
  const faults = when('after', 'record-on-nas', () => rmSync(scene.onNas('.exlab-wizard/checksums.sha256')));
  const { job } = await scene.clean({ faults });
  expect(job.state).not.toBe('cleaned');
  expect(listing(scene.run)).toEqual([
    '.exlab-wizard/',
    '.exlab-wizard/checksums.sha256',
    '.exlab-wizard/creation.json',
  ]);
  mkdirSync(scene.onNas('.exlab-wizard'), { recursive: true });
  copyFileSync(scene.at('.exlab-wizard/checksums.sha256'), scene.onNas('.exlab-wizard/checksums.sha256'));
  expect((await scene.clean()).job.state).toBe('cleaned');
});
