import { execFileSync } from 'node:child_process';
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readText } from '#dist/gate/content/read-text.js';
import { put, runWith } from '../../run/support.js';
import { foundIn, gated, inShort, LEFT } from './support.js';

describe('the content of a rendered file', () => {
  test.each(['notes.txt', 'a/b/c/d/NOTES.TXT'])('is looked into: %s', async (path) => {
    const said = await foundIn(path, `first\nsecond ${LEFT}\n`);
    expect(said).toHaveLength(3);
    expect(said[0]).toContain(`line 2 of "${path}" holds the placeholder "<run_date>"`);
    expect(said[1]).toContain('"{{ who }}"');
    expect(said[2]).toContain('"{% if x %}"');
  });

  test('is fine without anything left over', async () => {
    expect(await foundIn('notes.txt', 'a < b > c, {x}, <1>, {{x} }')).toEqual([]);
  });

  test('that names a placeholder again is one finding, and a hundred others are the first twenty', async () => {
    expect(await foundIn('a.txt', '<x>\n'.repeat(9))).toHaveLength(1);
    expect(await foundIn('a.txt', Array.from({ length: 100 }, (_, index) => `<x${index}>`).join())).toHaveLength(20);
  });

  test('is quoted in part where it is long', async () => {
    const [said] = await foundIn('a.txt', `{{${'\u001b long'.repeat(1000)}}}`);
    expect(said!.length).toBeLessThan(400);
    expect(said).not.toMatch(/\p{Cc}/u);
  });

  test('of XML: an element is no placeholder', async () => {
    expect(await foundIn('a.xml', '<run><id>7</id></run >')).toEqual([]);
    expect((await foundIn('a.xml', '<run><sample_id></run>')).join()).toContain('"<sample_id>"');
    expect(await foundIn('a.txt', '<run></run>')).toHaveLength(1);
  });
});

describe('content is not looked into', () => {
  test('when no template rendered the file', async () => {
    expect(await gated(runWith({ 'notes.txt': LEFT }))).toEqual([]);
  });

  test('when its extension is not among those to scan', async () => {
    expect(await foundIn('notes.csv', LEFT)).toEqual([]);
    expect(await foundIn('notes.csv', LEFT, { contentScanExtensions: ['.csv'] })).toHaveLength(3);
  });

  test('when the file is larger than the limit; at the limit it is', async () => {
    const kib = (bytes: number): string => LEFT.padEnd(bytes);
    expect(await foundIn('a.txt', kib(1024), { contentScanMaxMib: 1 / 1024 })).toHaveLength(3);
    expect(await foundIn('a.txt', kib(1025), { contentScanMaxMib: 1 / 1024 })).toEqual([]);
    expect(await foundIn('a.txt', LEFT, { contentScanMaxMib: 0 })).toEqual([]);
  });

  test('when a NUL stands in the first 8 KiB; after them it may', async () => {
    const nulAt = (at: number): string => `${LEFT.padEnd(at)}\u0000 more`;
    expect(await foundIn('a.txt', nulAt(8191))).toEqual([]);
    expect(await foundIn('a.txt', nulAt(8192))).toHaveLength(3);
  });

  test('through a link, nor in a pipe, nor outside of the run', async () => {
    const folder = runWith({ 'secret.txt': LEFT, 'run/real/a.txt': 'fine' });
    const run = join(folder, 'run');
    put(run, 'target/b.txt', LEFT);
    symlinkSync('target/b.txt', join(run, 'link.txt'));
    symlinkSync('target', join(run, 'folder'));
    execFileSync('mkfifo', [join(run, 'pipe.txt')]);
    const renderedFiles = [
      'link.txt',
      'folder/b.txt',
      'pipe.txt',
      '../secret.txt',
      join(folder, 'secret.txt'),
      'gone.txt',
    ];
    expect(inShort(await gated(run, { renderedFiles }))).toEqual(['unsupported_entry pipe.txt']);
  });
});

describe('what became of a file since the walk is no failure:', () => {
  test.each([
    ['gone', () => undefined],
    ['a pipe', (file: string) => execFileSync('mkfifo', [file])],
    ['a link', (file: string) => symlinkSync('/etc/hostname', file)],
  ])('%s', async (_, replace) => {
    const run = runWith({ 'a.txt': LEFT });
    rmSync(join(run, 'a.txt'));
    replace(join(run, 'a.txt'));
    expect(await readText(run, 'a.txt', 1000)).toBeNull();
  });

  test('a folder, or one on the way that is a file', async () => {
    expect(await readText(runWith({ 'a.txt/b': '' }), 'a.txt', 1000)).toBeNull();
    expect(await readText(runWith({ a: '' }), 'a/b.txt', 1000)).toBeNull();
  });
});

describe('which files a template rendered', () => {
  const run = (): string => runWith({ 'a.txt': '<x>', 'sub/b.txt': '<x>' });
  const read = async (fields: object, options = {}): Promise<string[]> =>
    (await gated(run(), { fields, ...options })).map(({ subject }) => subject);

  test.each([
    [{ rendered_files: ['sub/b.txt'] }, ['sub/b.txt']],
    [{ rendered_files: ['./a.txt', 'sub//b.txt', 'a.txt'] }, ['a.txt', 'sub/b.txt']],
    [{ template: { rendered_files: ['a.txt'] } }, ['a.txt']],
    [{ rendered_files: 'a.txt' }, []],
    [{ rendered_files: [null, 7, ['a.txt'], '', '.', '..', '/', 'sub', '\u0000'] }, []],
    [{ rendered_files: { 0: 'a.txt' }, template: 'a.txt' }, []],
    [{}, []],
  ])('the record says: %j', async (fields, expected) => {
    expect(await read(fields)).toEqual(expected);
  });

  test('a host may say in its place, of all runs or of each', async () => {
    expect(await read({ rendered_files: ['a.txt'] }, { renderedFiles: ['sub/b.txt'] })).toEqual(['sub/b.txt']);
    expect(await read({}, { renderedFiles: ({ runPath }: { runPath: string }) => [join(runPath, 'a.txt')] })).toEqual([
      'a.txt',
    ]);
  });
});
