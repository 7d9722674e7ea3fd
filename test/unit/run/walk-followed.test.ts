import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { walkRun } from '#dist/run/walk.js';
import { runWith } from './support.js';

function runWithLink(path: string, text: string): string {
  const run = runWith({ 'data/file.tif': 'content', '.exlab-wizard/creation.json': '{}' });
  mkdirSync(join(run, 'deep/er'), { recursive: true });
  symlinkSync(text, join(run, path));
  return run;
}

const followed = async (run: string) => {
  const { entries, refused } = await walkRun(run, { links: 'follow' });
  return { links: entries.filter((entry) => entry.kind === 'file' && entry.followed !== undefined), refused };
};

describe('a link that is followed', () => {
  test.each([
    ['newest', 'data/file.tif'],
    ['deep/er/newest', '../../data/file.tif'],
  ])('%s is the file that it leads to, at its own place', async (path, text) => {
    const run = runWithLink(path, text);

    const { links, refused } = await followed(run);

    const [file] = (await walkRun(run)).entries.filter((entry) => entry.kind === 'file');
    expect(links).toEqual([{ ...file, path, followed: { linkTo: text, file: 'data/file.tif' } }]);
    expect(refused).toEqual([]);
  });

  test('through other links names the file at their end', async () => {
    const run = runWithLink('short', 'data');
    symlinkSync('short/file.tif', join(run, 'newest'));

    const { links } = await followed(run);

    expect(links).toMatchObject([{ path: 'newest', followed: { linkTo: 'short/file.tif', file: 'data/file.tif' } }]);
  });

  test.each([
    ['to a folder', 'data'],
    ['to nothing', 'data/missing'],
    ['to nothing behind a file', 'data/file.tif/below'],
    ['to itself', 'newest'],
    ["into the run's record folder, which changes while the run is copied", '.exlab-wizard/creation.json'],
  ])('%s is refused, by name', async (_, text) => {
    const { links, refused } = await followed(runWithLink('newest', text));

    expect(links).toEqual([]);
    expect(refused).toMatchObject([{ path: 'newest', reason: 'link_not_followed' }]);
    expect(refused[0]?.message).toContain('"newest" links to');
  });

  test('out of the run is refused as ever', async () => {
    const { refused } = await followed(runWithLink('newest', '/etc/hostname'));

    expect(refused).toMatchObject([{ path: 'newest', reason: 'link_leaves_run' }]);
  });
});
