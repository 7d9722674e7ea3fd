import { rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fill, listing } from '../../support/lab.js';
import { rewrite } from './adversary.js';
import { HOUR, LettingGo, lost } from './cleanup-lab.js';

const TRASH = '.exlab-wizard/.nas-sync-trash';

const trashed = async (): Promise<LettingGo> => {
  const scene = await LettingGo.proven({ policy: { trashHours: 24 } });
  expect(await scene.reap()).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'trash', ok: false }] });
  expect(listing(scene.at(TRASH))).toContain('deep/b.bin');
  return scene;
};

it.each([
  ['is altered', (scene: LettingGo) => rewrite(scene.at(TRASH, 'a.txt')), /a\.txt/u],
  ['is joined by another', (scene: LettingGo) => fill(scene.at(TRASH), { 'deep/new.txt': 'new' }), /./u],
])('a file that %s in the trash stays there, and says why', async (_, does, told) => {
  const scene = await trashed();
  does(scene);
  const before = scene.contents();
  await scene.clock.advance(25 * HOUR);
  const job = await scene.reap();
  expect(job.state).toBe('cleanup_eligible');
  expect(job.waitingFor.map(({ measured }) => measured).join()).toMatch(told);
  expect(lost(before, scene.contents())).toEqual([]);
});

it('a new file under the name of one in the trash replaces neither it nor its copy in the trash', async () => {
  const scene = await trashed();
  const before = scene.contents();
  writeFileSync(scene.at('a.txt'), 'another file of the same name');
  const client = scene.open({ letGo: false });
  await client.enqueue(scene.run);
  await client.idle();
  await client.close();
  await scene.clock.advance(HOUR);
  await scene.reap();
  await scene.clock.advance(48 * HOUR);
  const job = await scene.reap();
  expect(lost(before, scene.contents())).toEqual([]);
  expect(job.state).not.toBe('cleaned');
});

it('a pass that finds the run changed brings everything back from the trash', async () => {
  const scene = await trashed();
  const before = scene.contents();
  fill(scene.run, { 'new.txt': 'new' });
  const client = scene.open({ letGo: false });
  await client.enqueue(scene.run);
  await client.idle();
  await client.close();
  expect(listing(scene.run)).toEqual(expect.arrayContaining(['a.txt', 'deep/er/c.txt', 'empty/', 'new.txt']));
  rmSync(scene.at('new.txt'));
  expect(lost(before, scene.contents())).toEqual([]);
});
