import { existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing } from '../../support/lab.js';
import { empty, keepCopy } from './local-copies.js';

async function synced(): Promise<{ lab: Lab; run: string; kept: string }> {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a', 'sub/b.txt': 'b' });
  await lab.sync(run);
  return { lab, run, kept: keepCopy(lab, run) };
}

it('a run comes back into any folder, which is made if it is missing, with its record', async () => {
  const { lab, run, kept } = await synced();
  empty(run);
  const before = listing(run);

  const result = await lab.client.restore(run, { to: lab.at('new/folder') });

  expect(result).toMatchObject({ runPath: run, to: lab.at('new/folder'), restored: 2 });
  expect(listing(lab.at('new/folder'))).toEqual(listing(kept));
  expect(await differences(join(kept, 'sub'), lab.at('new/folder/sub'))).toBe('');
  expect(listing(run)).toEqual(before);
});

it('what the folder holds already stays', async () => {
  const { lab, run } = await synced();
  fill(lab.at('back'), { 'sub/mine.txt': 'mine' });

  await lab.client.restore(run, { to: lab.at('back') });

  expect(listing(lab.at('back'))).toEqual(expect.arrayContaining(['a.txt', 'sub/b.txt', 'sub/mine.txt']));
});

it.each(['file', 'file/below', ''])('no folder can be at "%s"', async (name) => {
  const { lab, run } = await synced();
  fill(lab.root, { file: 'mine' });

  const restoring = lab.client.restore(run, { to: name === '' ? '' : lab.at(name) });

  await expect(restoring).rejects.toMatchObject({ code: 'usage' });
});

it.each(['nas', 'nas/Run_1', 'nas/Run_1/sub', 'nas/new', 'way/to/nas/new', '.'])(
  'among the copies on the NAS nothing is restored, by whatever way (%s)',
  async (name) => {
    const { lab, run } = await synced();
    mkdirSync(lab.at('way/to'), { recursive: true });
    symlinkSync(lab.nas, lab.at('way/to/nas'));
    const before = listing(lab.nas);

    await expect(lab.client.restore(run, { to: lab.at(name) })).rejects.toMatchObject({ code: 'usage' });

    expect(listing(lab.nas)).toEqual(before);
    expect(existsSync(lab.at('a.txt'))).toBe(false);
  },
);

it('nor on the NAS of another way, which its token tells', async () => {
  const { lab, run } = await synced();
  fill(lab.at('other'), { '.nas-sync-target.json': '{"token":"x"}' });

  await expect(lab.client.restore(run, { to: lab.at('other/new') })).rejects.toMatchObject({ code: 'usage' });

  expect(listing(lab.at('other'))).toEqual(['.nas-sync-target.json']);
});
