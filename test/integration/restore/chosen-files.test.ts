import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Lab, listing, type LabOptions } from '../../support/lab.js';
import { empty, NOTHING_WRONG } from './local-copies.js';

async function emptied(options: LabOptions = {}): Promise<{ lab: Lab; run: string }> {
  const lab = new Lab(options);
  const run = await lab.makeRun({ 'a.txt': 'a', 'images/1.tif': '1', 'images/raw/2.tif': '2', 'images.txt': 'i' });
  mkdirSync(join(run, 'images/later'));
  symlinkSync('../a.txt', join(run, 'images/to-a'));
  await lab.sync(run);
  empty(run);
  return { lab, run };
}

const IMAGES = ['images/', 'images/1.tif', 'images/later/', 'images/raw/', 'images/raw/2.tif', 'images/to-a@'];

describe('of the run, only what was asked for comes back', () => {
  it.each([
    { files: ['a.txt'], come: ['a.txt'] },
    { files: ['./images/raw/2.tif', 'a.txt'], come: ['a.txt', 'images/', 'images/raw/', 'images/raw/2.tif'] },
    { files: ['images'], come: IMAGES },
    { files: ['images/'], come: IMAGES },
    { files: ['images/to-a'], come: ['images/', 'images/to-a@'] },
  ])('$files', async ({ files, come }) => {
    const { lab, run } = await emptied();

    const result = await lab.client.restore(run, { files, to: lab.at('back') });

    expect(result).toMatchObject(NOTHING_WRONG);
    expect(listing(lab.at('back'))).toEqual(come);
  });

  it('by its absolute path, as a shell completes it', async () => {
    const { lab, run } = await emptied();

    await lab.client.restore(run, { files: [join(run, 'a.txt')] });

    expect(listing(run).filter((path) => !path.startsWith('.exlab-wizard'))).toEqual(['a.txt']);
  });

  it('a followed link with the file that it leads to', async () => {
    const { lab, run } = await emptied({ links: 'follow' });

    await lab.client.restore(run, { files: ['images/to-a'], to: lab.at('back') });

    expect(listing(lab.at('back'))).toEqual(['a.txt', 'images/', 'images/to-a@']);
  });
});

it('what else stands in the run does not matter to a file', async () => {
  const { lab, run } = await emptied();
  mkdirSync(join(run, 'images.txt'));

  expect(await lab.client.restore(run, { files: ['a.txt'] })).toMatchObject({ restored: 1, ...NOTHING_WRONG });
});

it('a file that the run never held is refused, with the one that was meant', async () => {
  const { lab, run } = await emptied();

  const restoring = lab.client.restore(run, { files: ['a.txt', 'image/1.tif'], to: lab.at('back') });

  await expect(restoring).rejects.toMatchObject({ code: 'usage' });
  await expect(restoring).rejects.toThrow('the run holds no file or folder image/1.tif; did you mean images/1.tif?');
  expect(listing(lab.root)).not.toContain('back/');
});
