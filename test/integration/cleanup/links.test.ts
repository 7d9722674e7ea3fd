import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listing, sha256sumCheck } from '../../support/lab.js';
import { HOUR, LettingGo, lost, TREE } from './cleanup-lab.js';

const CACHE = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];

function link(run: string): void {
  symlinkSync('deep/er/c.txt', `${run}/to-c`);
  symlinkSync('../../a.txt', `${run}/deep/er/to-a`);
}

const proven = (links: 'keep' | 'follow', policy = {}): Promise<LettingGo> =>
  LettingGo.proven({ tree: TREE, links, policy, prepare: link });

it.each([
  ['keep', {}],
  ['follow', {}],
  ['keep', { trashHours: 48 }],
  ['follow', { trashHours: 48 }],
] as const)('a run with relative links (links: %s) goes entirely (%j)', async (links, policy) => {
  const scene = await proven(links, policy);
  const before = scene.contents();
  const client = scene.open();
  await client.init();
  await client.idle();
  await scene.clock.advance(100 * HOUR, () => client.idle());
  expect(await client.status(scene.run)).toBe('cleaned');
  expect(listing(scene.run)).toEqual(CACHE);
  expect(lost(before, scene.contents())).toEqual([]);
  await sha256sumCheck(scene.onNas());
});

it.each(['keep', 'follow'] as const)('a link that leads elsewhere now (links: %s) keeps the run', async (links) => {
  const scene = await proven(links);
  rmSync(scene.at('to-c'));
  symlinkSync('a.txt', scene.at('to-c'));
  const job = await scene.reap();
  expect(job).toMatchObject({ state: 'cleanup_eligible' });
  expect(job.waitingFor.map(({ measured }) => measured).join()).toMatch(/to-c: a link that leads elsewhere now/u);
  expect(listing(scene.run)).toContain('a.txt');
});

it.each(['keep', 'follow'] as const)('a file in the place of a link (links: %s) stays', async (links) => {
  const scene = await proven(links);
  rmSync(scene.at('to-c'));
  writeFileSync(scene.at('to-c'), 'nobody proved this');
  const before = scene.contents();
  expect((await scene.reap()).state).not.toBe('cleaned');
  expect(lost(before, scene.contents())).toEqual([]);
});

it('a file with the very content in the place of a followed link goes on its way, once it is proven as what it is', async () => {
  const scene = await proven('follow');
  rmSync(scene.at('to-c'));
  writeFileSync(scene.at('to-c'), 'the content of c');
  const job = await scene.reap();
  expect(job.state).not.toBe('cleaned');
  expect(job.waitingFor.map(({ measured }) => measured).join()).toMatch(/to-c/u);
  const client = scene.open({ letGo: false });
  await client.enqueue(scene.run);
  await client.idle();
  await client.close();
  expect((await scene.reap()).state).toBe('cleaned');
});
