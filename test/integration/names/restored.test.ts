import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { LettingGo } from '../cleanup/cleanup-lab.js';

const TREE = { 'a.raw': 'a', 'x.d/b.raw': 'b', 'x.d/desktop.ini': 'as proven', '.DS_Store': 'as proven' };

it('a volatile file that stayed and is another one now keeps nothing from coming back', async () => {
  const scene = await LettingGo.proven({ tree: TREE });
  writeFileSync(scene.at('x.d/desktop.ini'), 'Explorer wrote it anew');
  expect((await scene.clean()).result.deleted).toBe(true);
  const back = await scene.asking((client) => client.restore(scene.run));
  expect(back).toMatchObject({ restored: 3, conflicts: [], volatile: ['x.d/desktop.ini'] });
  expect(readFileSync(scene.at('x.d/desktop.ini'), 'utf8')).toBe('Explorer wrote it anew');
});

it('one that the NAS lost or changed since is told, and is no damage', async () => {
  const scene = await LettingGo.proven({ tree: TREE });
  expect((await scene.clean()).result.deleted).toBe(true);
  writeFileSync(scene.onNas('x.d/desktop.ini'), 'Explorer was here, too');
  rmSync(scene.onNas('.DS_Store'));
  const back = await scene.asking((client) => client.restore(scene.run));
  expect(back).toMatchObject({
    ...{ restored: 2, conflicts: [], mismatched: [], missing: [] },
    volatile: ['.DS_Store', 'x.d/desktop.ini'],
  });
});
