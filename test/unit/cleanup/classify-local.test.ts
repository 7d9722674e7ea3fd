import { expect, it } from 'vitest';
import { sourceState as stateOf } from '#dist/cleanup/classify-local.js';
import type { FileEntry, RunEntry, RunWalk } from '#dist/run/entry.js';
import type { DeletionProof } from '#dist/verify/deletion-proof.js';

const IDENTITY = { size: 3, mtimeNs: '1', ctimeNs: '2', dev: '3', ino: '4' };
const file = (path: string, other: Partial<typeof IDENTITY> = {}): FileEntry => ({
  kind: 'file',
  path,
  mode: 0o644,
  identity: { ...IDENTITY, ...other },
});
const folder = (path: string): RunEntry => ({ kind: 'folder', path, mode: 0o755, mtimeNs: '1' });
const link = (path: string, linkTo: string): RunEntry => ({ kind: 'link', path, linkTo });
const walk = (entries: readonly RunEntry[], refused: RunWalk['refused'] = []): RunWalk => ({
  entries,
  refused,
  files: 0,
  bytes: 0,
});

const sourceState = (seen: RunWalk, proof: DeletionProof) => stateOf(seen, proof, (path) => path.endsWith('.DS_Store'));

const shape = [
  { path: 'd', kind: 'folder', linkTo: '' },
  { path: 'to-a', kind: 'link', linkTo: 'a' },
  { path: 'copied', kind: 'followed', linkTo: 'a' },
] as const;
/** Only what the function reads. */
const PROOF = {
  files: new Map(['a', 'd/b', 'copied'].map((path) => [path, { path, ...IDENTITY, sha256: 'x', other: null }])),
  shape: new Map(shape.map((entry) => [entry.path, entry])),
} as unknown as DeletionProof;
const WHOLE = [file('a'), link('copied', 'a'), folder('d'), file('d/b'), link('to-a', 'a')];

it('a run as it was proven holds nothing else', () => {
  const state = sourceState(walk(WHOLE), PROOF);
  expect(state).toMatchObject({ touched: [], gone: [], unproven: [] });
  expect(state.proven.map(({ path }) => path)).toEqual(['a', 'd/b']);
});

it.each(['size', 'mtimeNs', 'ctimeNs', 'dev', 'ino'] as const)('a file with another %s is read again', (field) => {
  const other = file('a', { [field]: field === 'size' ? 4 : '9' });
  const state = sourceState(walk([other, ...WHOLE.slice(1)]), PROOF);
  expect(state.touched).toEqual([other]);
  expect(state.proven.map(({ path }) => path)).toEqual(['d/b']);
});

it.each<[string, RunEntry, string]>([
  ['a new file', file('new'), 'a new file'],
  ['a new folder', folder('new'), 'a new folder'],
  ['a new link', link('new', 'a'), 'a new link'],
  ['a link with another text', link('to-a', 'd/b'), 'a link that leads elsewhere now'],
  ['a folder in the place of a file', folder('a'), 'a new folder'],
  ['a folder in the place of a link', folder('to-a'), 'a new folder'],
  ['a link in the place of a file', link('a', 'd/b'), 'a new link'],
  ['a link in the place of a folder', link('d', 'a'), 'a new link'],
  ['a file in the place of a link', file('to-a'), 'a new file'],
  ['a file in the place of a folder', file('d'), 'a new file'],
])('%s is not proven', (_, entry, reason) => {
  const others = WHOLE.filter(({ path }) => path !== entry.path && !path.startsWith(`${entry.path}/`));
  expect(sourceState(walk([...others, entry]), PROOF).unproven).toEqual([{ path: entry.path, reason }]);
});

it('what no manifest can express is not proven either', () => {
  const pipe = { path: 'pipe', reason: 'special_file', message: 'a pipe' } as const;
  expect(sourceState(walk(WHOLE, [pipe]), PROOF).unproven).toEqual([{ path: 'pipe', reason: 'a pipe' }]);
});

it('what is gone is told: files, links and folders', () => {
  expect(new Set(sourceState(walk([]), PROOF).gone)).toEqual(new Set(['a', 'copied', 'd', 'd/b', 'to-a']));
});

it('a volatile name is neither new nor changed nor gone', () => {
  const seen = walk([...WHOLE, file('d/.DS_Store')], [{ path: '.DS_Store', reason: 'unreadable', message: 'no' }]);
  expect(sourceState(seen, PROOF)).toMatchObject({ touched: [], gone: [], unproven: [] });
  const proven = new Map([...PROOF.files, ['.DS_Store', PROOF.files.get('a')!]]);
  const withStore = { files: proven, shape: PROOF.shape } as unknown as DeletionProof;
  expect(sourceState(walk(WHOLE), withStore).gone).toEqual([]);
  expect(sourceState(walk([...WHOLE, file('.DS_Store', { size: 9 })]), withStore).touched).toEqual([]);
});
