import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { expect } from 'vitest';
import { Lab } from '../../support/lab.js';
import { itMounts, mount } from './mounting.js';

const WAYS = {
  bindfs: (disk: string, at: string) => ['bindfs', disk, at],
  'rclone mount': (disk: string, at: string) => ['rclone', 'mount', disk, at, '--daemon', '--vfs-cache-mode', 'full'],
} as const;

itMounts.each(['bindfs', 'rclone mount'] as const)(
  '%s: what a daemon may have answered from a cache is cached-read, and nothing is deleted on it',
  async (way) => {
    const lab = new Lab();
    const disk = lab.at('disk');
    mkdirSync(disk);
    const [tool, ...args] = WAYS[way](disk, lab.nas);
    await execa(tool!, args, { env: { XDG_CACHE_HOME: lab.at('cache') }, stdio: 'ignore' });
    lab.atEnd(() => execa('umount', ['--lazy', lab.nas], { reject: false }));
    const run = await lab.makeRun({ 'a.txt': 'content' });
    expect(await lab.sync(run)).toMatchObject({ state: 'verified' });

    const { deletion } = await lab.client.explain(run);

    expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, evidence: 'cached-read' });
    expect(deletion.interlocks.find(({ name }) => name === 'evidence')).toMatchObject({
      ...{ ok: false, measured: 'cached-read', required: 'read-back or stronger' },
    });
  },
);

itMounts('overlay: a local file system over another one is read past the page cache', async () => {
  const lab = new Lab();
  const [lower, upper, work] = ['lower', 'upper', 'work'].map((name) => lab.at(name));
  for (const folder of [lower, upper, work]) mkdirSync(folder!);
  await mount(lab, lab.nas, '-t', 'overlay', '-o', `lowerdir=${lower},upperdir=${upper},workdir=${work}`, 'overlay');
  const run = await lab.makeRun({ 'a.txt': 'content' });
  await lab.sync(run);

  expect(await lab.client.forceVerify(run)).toMatchObject({ ok: true, evidence: 'read-back' });
});
