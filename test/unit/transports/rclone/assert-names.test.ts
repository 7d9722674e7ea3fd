import type { RunEntry } from 'nas-sync';
import { expect, it } from 'vitest';
import { emptyFolders, requireNamesKept } from '#dist/transports/rclone/assert-names.js';

const folder = (path: string): RunEntry => ({ kind: 'folder', path, mode: 0o755, mtimeNs: '0' });
const abilities = { encoding: new Set(['Slash', 'Dot']), caseInsensitive: false, keepsEmptyFolders: true };
const check = (paths: readonly string[], changes: Partial<typeof abilities> = {}, place = {}): void =>
  requireNamesKept(
    { source: '/data', target: 'a/Run_1', entries: paths.map(folder), ...place },
    { ...abilities, ...changes },
  );

it('refuses an empty folder by name where the remote can hold none', () => {
  expect(() => check(['raw', 'raw/empty'], { keepsEmptyFolders: false })).toThrow('"raw/empty" is an empty folder');
  expect(() => check(['raw', 'raw/empty'])).not.toThrow();
});

it('refuses names that differ in capitals only, where they are one name', () => {
  expect(() => check(['a/Data', 'a/data'], { caseInsensitive: true })).toThrow('"a/data" and "a/Data" are one name');
  expect(() => check(['a/Data', 'b/data'], { caseInsensitive: true })).not.toThrow();
  expect(() => check(['a/Data', 'a/data'])).not.toThrow();
});

it("checks every folder on the way, the run's own place and where the run lies", () => {
  const encoding = new Set(['Slash', 'Dot', 'Colon']);
  expect(() => check(['a:b/c/d'], { encoding })).toThrow('"a:b/c/d" would be stored as another one');
  expect(() => check(['x'], { encoding }, { target: '12:00/Run' })).toThrow('"12:00/Run"');
  expect(() => check(['x'], {}, { source: '/data/a\u2409b' })).toThrow('"/data/a␉b"');
});

it('tells the folders that no file makes', () => {
  expect(emptyFolders(['a', 'a/b', 'c', 'c/d', 'c/d/e'].map(folder))).toEqual(['a/b', 'c/d/e']);
});
