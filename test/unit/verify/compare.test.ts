import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Digest, FileEntry, RunEntry } from '#dist/run/entry.js';
import { EVERY_NAME_IS_DATA, nameRulesOf } from '#dist/run/name-rules.js';
import type { TargetListing } from '#dist/transports/transport.js';
import { compare as compareWith, holdsRun, isSame, type CompareOptions } from '#dist/verify/compare.js';

const identity = { size: 4, mtimeNs: '1', ctimeNs: '1', dev: '1', ino: '1' };
const file = (path: string, size = 4): RunEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  identity: { ...identity, size },
});
const folder = (path: string): RunEntry => ({ kind: 'folder', path, mode: 0o755, mtimeNs: '1' });
const link = (path: string, linkTo: string): RunEntry => ({ kind: 'link', path, linkTo });

const onTarget = (has: Partial<TargetListing>): TargetListing => ({
  files: [],
  links: [],
  folders: [],
  others: [],
  evidence: 'read-back',
  method: '',
  tools: [],
  ...has,
});
const hashes = (known: Record<string, string>) => (entry: FileEntry, digest: Digest) =>
  digest === `md5:${known[entry.path]}`;

const compare = (
  entries: readonly RunEntry[],
  isContentOf: (entry: FileEntry, digest: Digest) => boolean,
  target: TargetListing,
  options: Partial<CompareOptions> = {},
) => compareWith(entries, isContentOf, target, { names: EVERY_NAME_IS_DATA, ...options });

describe('two sides are the same', () => {
  it('when they hold the same files, links and folders', () => {
    const target = onTarget({
      files: [{ path: 'd/a', size: 4, digest: 'md5:aa' }],
      links: [{ path: 'l', linkTo: 'd/a' }],
      folders: ['d'],
    });
    expect(isSame(compare([folder('d'), file('d/a'), link('l', 'd/a')], hashes({ 'd/a': 'aa' }), target))).toBe(true);
  });

  it('when both are empty', () => {
    expect(isSame(compare([], hashes({}), onTarget({})))).toBe(true);
  });
});

describe('a difference is listed by name', () => {
  it.for([
    ['another hash', { path: 'a', size: 4, digest: 'md5:bb' }],
    ['another size', { path: 'a', size: 5, digest: 'md5:aa' }],
  ] as const)('as mismatched: %s', ([, there]) => {
    const result = compare([file('a')], hashes({ a: 'aa' }), onTarget({ files: [there] }));
    expect(result).toEqual({ mismatched: ['a'], missing: [], extra: [], volatile: [] });
  });

  it('as mismatched: a file that nobody read here is equal to nothing', () => {
    const target = onTarget({ files: [{ path: 'a', size: 4, digest: 'md5:aa' }] });
    expect(compare([file('a')], hashes({}), target).mismatched).toEqual(['a']);
  });

  it('as mismatched: what the target compared and found to be another', () => {
    const target = onTarget({ files: [{ path: 'a', size: 4, digest: null }] });
    expect(compare([file('a')], hashes({ a: 'aa' }), target).mismatched).toEqual(['a']);
  });

  it('as mismatched: what left the workstation, and a target that can hash told nothing of', () => {
    const target = onTarget({ files: [{ path: 'a', size: 4, digest: null }] });
    const hasLeft = (): boolean => true;
    expect(compare([file('a')], hashes({ a: 'aa' }), target, { isUntold: hasLeft }).mismatched).toEqual(['a']);
    const comparing = { ...target, comparesOnly: true };
    expect(isSame(compare([file('a')], hashes({ a: 'aa' }), comparing, { isUntold: hasLeft }))).toBe(true);
    expect(compare([file('a')], hashes({ a: 'aa' }), comparing).mismatched).toEqual(['a']);
  });

  it('as mismatched: a link that leads elsewhere, or is a file there', () => {
    const target = onTarget({ links: [{ path: 'l', linkTo: 'b' }], files: [{ path: 'm', size: 4, digest: 'md5:aa' }] });
    expect(compare([link('l', 'a'), link('m', 'a')], hashes({}), target).mismatched).toEqual(['l', 'm']);
  });

  it('as missing: a file, a link, an empty folder', () => {
    const result = compare([file('a'), link('l', 'a'), folder('d')], hashes({ a: 'aa' }), onTarget({}));
    expect(result.missing).toEqual(['a', 'l', 'd']);
  });

  it('as extra: whatever only the target holds, of any kind', () => {
    const target = onTarget({
      files: [{ path: 'a', size: 1, digest: 'md5:aa' }],
      links: [{ path: 'b', linkTo: 'a' }],
      folders: ['c'],
      others: ['d'],
    });
    expect(compare([], hashes({}), target).extra).toEqual(['a', 'b', 'c', 'd']);
  });

  it('byte for byte: é in one form is missing when the target has the other', () => {
    const nfc = 'caf\u00e9';
    const nfd = 'cafe\u0301';
    const target = onTarget({ files: [{ path: nfd, size: 4, digest: 'md5:aa' }] });
    expect(compare([file(nfc)], hashes({ [nfc]: 'aa' }), target)).toEqual({
      mismatched: [],
      missing: [nfc],
      extra: [nfd],
      volatile: [],
    });
  });
});

describe('volatile and excluded names', () => {
  const names = nameRulesOf({ volatile: ['.DS_Store', '@eaDir', 'desktop.ini'], exclude: ['scratch'] });
  const target = onTarget({
    files: [
      { path: 'a', size: 4, digest: 'md5:aa' },
      { path: 'd/Desktop.ini', size: 9, digest: 'md5:bb' },
      { path: '@eaDir/a/thumb', size: 4, digest: 'md5:cc' },
      { path: 'scratch/x', size: 1, digest: 'md5:dd' },
      { path: 'foreign', size: 1, digest: 'md5:ee' },
    ],
    folders: ['@eaDir', '@eaDir/a', 'd', 'scratch'],
  });
  const run = [file('a'), folder('d'), file('d/Desktop.ini'), file('d/.DS_Store')];

  it('volatile ones are told apart, whatever became of them, and are no difference', () => {
    const result = compare(run, hashes({ a: 'aa' }), target, { names });
    expect(result.volatile).toEqual(['@eaDir', '@eaDir/a', '@eaDir/a/thumb', 'd/.DS_Store', 'd/Desktop.ini']);
    expect(result).toMatchObject({ mismatched: [], missing: [] });
    expect(holdsRun(result)).toBe(true);
  });

  it('excluded ones of the target are passed over, and all else that is foreign is extra', () => {
    const result = compare(run, hashes({ a: 'aa' }), target, { names });
    expect(result.extra).toEqual(['foreign']);
    expect(isSame(result)).toBe(false);
  });
});

describe('for any tree', () => {
  const tree = fc.uniqueArray(
    fc.record({ path: fc.string({ minLength: 1 }), hex: fc.string({ unit: 'binary-ascii' }) }),
    {
      selector: (entry) => entry.path,
    },
  );

  it('one change on the target is found, and only that one is named', () => {
    fc.assert(
      fc.property(tree, fc.nat(), (files, pick) => {
        fc.pre(files.length > 0);
        const victim = files[pick % files.length]!;
        const known = Object.fromEntries(files.map((entry) => [entry.path, entry.hex]));
        const damaged = files.map((entry) => ({
          path: entry.path,
          size: 4,
          digest: entry === victim ? (`md5:${entry.hex}x` as const) : (`md5:${entry.hex}` as const),
        }));
        const entries = files.map((entry) => file(entry.path));
        const result = compare(entries, hashes(known), onTarget({ files: damaged }));
        expect(result).toEqual({ mismatched: [victim.path], missing: [], extra: [], volatile: [] });
      }),
    );
  });
});
