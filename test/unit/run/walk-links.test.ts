import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { walkRun } from '#dist/run/walk.js';
import { emptyFolder, put, runWith } from './support.js';

/** A run inside a folder of its own, so that `..` is a real place outside the run. */
function runWithLinks(links: Record<string, string>): string {
  const run = join(runWith({ 'outside/file': 'x', 'run/data/file': 'x', 'run/a/b/c/file': 'x' }), 'run');
  for (const [path, text] of Object.entries(links)) symlinkSync(text, join(run, path));
  return run;
}

const links = async (run: string): Promise<unknown[]> =>
  (await walkRun(run)).entries.filter((entry) => entry.kind === 'link');
const refusals = async (run: string): Promise<string[]> =>
  (await walkRun(run)).refused.map(({ path, reason }) => `${reason} ${path}`);

describe('walkRun keeps a link', () => {
  test.each([
    ['to a file', 'link', 'data/file'],
    ['to a folder, without walking into it', 'link', 'data'],
    ['upwards within the run', 'a/b/link', '../../data/file'],
    ['to the run itself', 'a/link', '..'],
    ['out of a folder and back by text', 'link', 'a/../data'],
    ['that dangles, as long as its text stays inside', 'link', 'data/missing/../other'],
    ['that dangles behind a file', 'link', 'data/file/below'],
    ['to itself', 'link', 'link'],
    ['with a hostile text', 'link', ' a\n\\$(x)\u202e'],
  ])('%s', async (_, path, text) => {
    const run = runWithLinks({ [path]: text });
    expect(await links(run)).toEqual([{ kind: 'link', path, linkTo: text }]);
    expect(await refusals(run)).toEqual([]);
  });

  test('through another link that stays inside', async () => {
    const run = runWithLinks({ 'a/short': 'b/c', link: 'a/short/file' });
    expect(await links(run)).toHaveLength(2);
    expect(await refusals(run)).toEqual([]);
  });

  test('once, and does not follow a circle', async () => {
    const run = runWithLinks({ 'a/b/up': '../..', 'a/one': 'two', 'a/two': 'one' });
    expect(await links(run)).toHaveLength(3);
  });
});

describe('walkRun refuses a link', () => {
  test.each([
    ['to a place outside', 'link', '../outside/file'],
    ['to a place outside that is not there', 'a/link', '../../missing'],
    ['that leaves the run and comes back', 'link', '../run/data/file'],
    ['to an absolute place outside', 'link', '/etc/hostname'],
  ])('%s', async (_, path, text) => {
    expect(await refusals(runWithLinks({ [path]: text }))).toEqual([`link_leaves_run ${path}`]);
  });

  test('that is absolute, even to a file of the run, and says why', async () => {
    const run = runWithLinks({});
    symlinkSync(join(run, 'data/file'), join(run, 'link'));
    const { refused } = await walkRun(run);
    expect(refused).toMatchObject([{ path: 'link', reason: 'link_leaves_run' }]);
    expect(refused[0]?.message).toContain('would be wrong on the NAS');
  });

  test('that leaves through another link, whether or not anything is there', async () => {
    const run = runWithLinks({ out: '../outside', there: 'out/file', missing: 'out/missing', back: 'out/../run/data' });
    expect(await refusals(run)).toEqual([
      'link_leaves_run back',
      'link_leaves_run missing',
      'link_leaves_run out',
      'link_leaves_run there',
    ]);
  });

  test('that goes through an absolute link', async () => {
    const run = runWithLinks({ etc: '/etc', through: 'etc/hostname' });
    expect(await refusals(run)).toEqual(['link_leaves_run etc', 'link_leaves_run through']);
  });

  test('that leaves because a link on its way makes `..` mean another folder', async () => {
    const run = runWithLinks({ 'a/b/c/top': '../../..', link: 'a/b/c/top/../outside/file' });
    expect(await refusals(run)).toEqual(['link_leaves_run link']);
  });

  test('that leaves by text alone, though a link on its way would bring it back', async () => {
    const run = runWithLinks({ deep: 'a/b/c', link: 'deep/../../../data' });
    expect(await refusals(run)).toEqual(['link_leaves_run link']);
  });

  test('whose text is not UTF-8', async () => {
    const run = emptyFolder();
    symlinkSync(Buffer.from([0x61, 0xff]), join(run, 'link'));
    expect((await walkRun(run)).refused).toMatchObject([
      { path: 'link', reason: 'name_not_utf8', message: expect.stringContaining('"a\\xff"') as string },
    ]);
  });

  test('but never what lies behind it', async () => {
    const folder = runWith({ 'outside/file': 'x' });
    mkdirSync(join(folder, 'run'));
    put(folder, 'run/own');
    symlinkSync('../outside', join(folder, 'run/link'));
    expect((await walkRun(join(folder, 'run'))).entries.map((entry) => entry.path)).toEqual(['own']);
  });
});
