import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { formatManifest, parseChecksumLine, parseManifest } from '#dist/run/manifest.js';
import { emptyFolder, HOSTILE_NAMES, put } from './support.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const HASH = sha256('x');

/** File names as a disk may hold them, with the troublesome characters often. */
const name = fc
  .string({
    unit: fc.oneof(fc.constantFrom(...'\\\n\r\t *-#$\'"\u0085\u2028nr'), fc.string({ unit: 'binary', maxLength: 1 })),
    minLength: 1,
    maxLength: 40,
  })
  .filter((text) => !/[/\0]/.test(text) && !['', '.', '..'].includes(text) && Buffer.byteLength(text) <= 255);
const names = fc.uniqueArray(fc.oneof(fc.constantFrom(...HOSTILE_NAMES), name), { minLength: 1, maxLength: 20 });

const manifestOf = (paths: readonly string[]): string =>
  formatManifest(paths.map((path) => ({ path, sha256: sha256(path) })));

/** What the real `sha256sum -c` says about a manifest, inside the run. */
const check = (run: string, manifest: string): { status: number | null; stdout: string; stderr: string } =>
  spawnSync('sha256sum', ['--check', '--strict'], { cwd: run, input: manifest, encoding: 'utf8' });

describe('formatManifest', () => {
  test('writes hash, two spaces, path, one line a file, sorted by code point', () => {
    const paths = ['b', '\u{1f52c}', 'a/b', '\uffff', 'a'];
    expect(manifestOf(paths)).toBe(
      ['a', 'a/b', 'b', '\uffff', '\u{1f52c}'].map((path) => `${sha256(path)}  ${path}\n`).join(''),
    );
  });

  test('escapes backslash, newline and CR as coreutils does, and nothing else', () => {
    expect(formatManifest([{ path: 'a\\b\nc\rd\te', sha256: HASH }])).toBe(`\\${HASH}  a\\\\b\\nc\\rd\te\n`);
  });

  test('spells a file named - as ./-, for sha256sum would read its standard input', () => {
    expect(formatManifest([{ path: '-', sha256: HASH }])).toBe(`${HASH}  ./-\n`);
    expect(parseManifest(`${HASH}  ./-\n`)).toEqual([{ path: '-', sha256: HASH }]);
  });

  test('gives the empty text for no files', () => {
    expect(formatManifest([])).toBe('');
  });

  test.each([
    ['a path that leads outside', { path: '../x', sha256: HASH }],
    ['an absolute path', { path: '/x', sha256: HASH }],
    ['an empty path', { path: '', sha256: HASH }],
    ['half an emoji', { path: '\ud83d', sha256: HASH }],
    ['something that is no SHA-256', { path: 'x', sha256: '1234' }],
  ])('refuses %s', (_, file) => {
    expect(() => formatManifest([file])).toThrow(expect.objectContaining({ code: 'source_invalid' }));
  });

  test('refuses a path that comes twice', () => {
    expect(() => manifestOf(['a', 'b', 'a'])).toThrow(/"a".*twice/);
  });
});

describe('the real sha256sum', () => {
  test('writes the same lines for the same files', () => {
    fc.assert(
      fc.property(names, (paths) => {
        const run = emptyFolder();
        for (const path of paths) writeFileSync(join(run, path), path);
        const sorted = paths
          .filter((path) => path !== '-')
          .toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        const theirs =
          sorted.length === 0 ? '' : execFileSync('sha256sum', ['--', ...sorted], { cwd: run, encoding: 'utf8' });
        expect(manifestOf(sorted)).toBe(theirs);
      }),
      { numRuns: 40 },
    );
  });

  test('confirms a run by our manifest, whatever the names', () => {
    fc.assert(
      fc.property(names, (paths) => {
        const run = emptyFolder();
        for (const path of paths) {
          put(run, path, path);
          put(run, `.folder/${path}`, `.folder/${path}`);
        }
        const result = check(run, manifestOf([...paths, ...paths.map((path) => `.folder/${path}`)]));
        expect(result).toMatchObject({ status: 0, stderr: '' });
      }),
      { numRuns: 40 },
    );
  });

  test('finds a changed file by our manifest', () => {
    const run = emptyFolder();
    for (const path of HOSTILE_NAMES) put(run, path, path === '-' ? 'changed' : path);
    expect(check(run, manifestOf(HOSTILE_NAMES))).toMatchObject({
      status: 1,
      stdout: expect.stringContaining('./-: FAILED') as string,
    });
  });
});

describe('parseManifest', () => {
  test('reads back what formatManifest wrote', () => {
    const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((steps) => steps.join('/'));
    fc.assert(
      fc.property(fc.uniqueArray(path), (paths) => {
        const sorted = paths.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect(parseManifest(manifestOf(paths))).toEqual(sorted.map((each) => ({ path: each, sha256: sha256(each) })));
      }),
    );
  });

  test.each([
    ['a text mark', `${HASH}  a b\n`],
    ['a binary mark', `${HASH} *a b\n`],
    ['an upper-case hash', `${HASH.toUpperCase()}  a b\n`],
    ['CRLF', `${HASH}  a b\r\n`],
    ['an escape mark with nothing escaped', `\\${HASH}  a b\n`],
  ])('reads a line with %s', (_, text) => {
    expect(parseManifest(text)).toEqual([{ path: 'a b', sha256: HASH }]);
  });

  test('reads a name literally where the line has no escape mark', () => {
    expect(parseManifest(`${HASH}  a\\nb\n`)).toEqual([{ path: 'a\\nb', sha256: HASH }]);
  });

  test('passes over comments, as coreutils does', () => {
    expect(parseManifest(`# made by hand\n${HASH}  a\n`)).toEqual([{ path: 'a', sha256: HASH }]);
  });

  test('reads the empty text as no files', () => {
    expect(parseManifest('')).toEqual([]);
  });

  test.each([
    ['is empty', ''],
    ['has a short hash', `${HASH.slice(1)}  a`],
    ['has one space', `${HASH} a`],
    ['has no path', `${HASH}  `],
    ['has an escape that coreutils does not write', `\\${HASH}  a\\tb`],
    ['ends in the middle of an escape', `\\${HASH}  a\\`],
    ['has an absolute path', `${HASH}  /etc/passwd`],
    ['leads outside', `${HASH}  a/../../b`],
    ['starts with ./', `${HASH}  ./a`],
    ['has an empty step', `${HASH}  a//b`],
    ['has a NUL', `${HASH}  a\0b`],
  ])('refuses a line that %s, and says which', (_, line) => {
    expect(() => parseManifest(`${HASH}  good\n${line}\n`)).toThrow(
      expect.objectContaining({ code: 'source_invalid', message: expect.stringContaining('line 2 ') as string }),
    );
  });

  test('refuses a path that comes twice', () => {
    expect(() => parseManifest(`${HASH}  a\n${HASH} *a\n`)).toThrow(/line 2 .*second time/);
  });

  test('refuses a last line that may be cut off', () => {
    expect(() => parseManifest(`${HASH}  a\n${HASH}  b`)).toThrow(/line 2 .*cut off/);
  });
});

describe('parseChecksumLine', () => {
  test('gives a name as it stands, for the output of any sha256sum', () => {
    expect(parseChecksumLine(`${HASH}  ./a`)).toEqual({ path: './a', sha256: HASH });
  });

  test('gives nothing for a line that is none', () => {
    expect(parseChecksumLine('sha256sum: x: No such file or directory')).toBeUndefined();
  });
});
