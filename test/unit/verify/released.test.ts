import { describe, expect, it } from 'vitest';
import type { FolderEntry, FileEntry, RunEntry, RunWalk } from '#dist/run/entry.js';
import { shapeOf, shapeSha256 } from '#dist/run/tree-structure.js';
import { withReleased, type Released } from '#dist/verify/with-deleted.js';

const identity = { size: 1, mtimeNs: '1', ctimeNs: '1', dev: '1', ino: '1' };
const proven = (path: string, mode: number | null) => ({
  path,
  ...identity,
  sha256: 'a'.repeat(64),
  other: null,
  mode,
});
const folder = (path: string, mode: number | null, mtimeNs: string | null) =>
  ({ path, kind: 'folder', linkTo: '', mode, mtimeNs }) as const;
const RELEASED: Released = {
  files: [proven('d/a', 0o400), proven('old/b', null), proven('x', 0o755)],
  shape: [folder('d', 0o500, '70'), folder('old', null, null), folder('e', 0o2775, '90')],
};

const file = (path: string, mode: number): FileEntry => ({ kind: 'file', path, mode, identity });
const dir = (path: string, mode: number, mtimeNs: string): FolderEntry => ({ kind: 'folder', path, mode, mtimeNs });
const walk = (entries: readonly RunEntry[]): RunWalk => ({ entries, refused: [], files: 0, bytes: 0 });

/** What the next proof would remember. */
function remembered(entries: readonly RunEntry[]): Record<string, unknown> {
  const seen = withReleased(walk(entries), RELEASED).entries;
  const files = seen.filter((entry) => entry.kind === 'file');
  const told: [string, unknown][] = files.map((entry) => [entry.path, (entry.remembered ?? entry).mode]);
  for (const { path, mode, mtimeNs } of shapeOf(seen)) told.push([path, [mode, mtimeNs]]);
  return Object.fromEntries(told);
}

describe('what the next proof of a run that left remembers', () => {
  it('is what the last one did, and nothing where that knew nothing', () => {
    expect(remembered([])).toEqual({
      ...{ d: [0o500, '70'], e: [0o2775, '90'], old: [null, null] },
      ...{ 'd/a': 0o400, 'old/b': null, x: 0o755 },
    });
  });

  it('is what a file has that is still here', () => {
    expect(remembered([file('x', 0o600)])).toMatchObject({ x: 0o600, 'd/a': 0o400 });
  });

  it('is the time of a folder before files left it, and its mode before it was unlocked for that', () => {
    expect(remembered([dir('d', 0o755, '999')])).toMatchObject({ d: [0o500, '70'] });
  });

  it('is the mode of a folder that was closed to others since', () => {
    expect(remembered([dir('e', 0o700, '999')])).toMatchObject({ e: [0o700, '90'] });
  });

  it('is no time that a deletion made, where the last proof knew none, but the mode that the folder has', () => {
    expect(remembered([dir('old', 0o750, '999')])).toMatchObject({ old: [0o750, null] });
  });

  it('is what a folder has that came later', () => {
    expect(remembered([dir('new', 0o750, '999')])).toMatchObject({ new: [0o750, '999'] });
  });
});

it('what was closed or opened since does not make the run another: no seal covers a mode or the time of a folder', () => {
  const seal = (entries: readonly RunEntry[]): string =>
    shapeSha256(shapeOf(withReleased(walk(entries), RELEASED).entries));
  expect(seal([dir('d', 0o755, '999')])).toEqual(seal([]));
});
