import { expect, it } from 'vitest';
import { groupAhead, HashReader, hashGroups, standardInput, type SizedFile } from '#dist/transports/rsync/hash.js';

const MIB = 1024 * 1024;
const HEX = Array.from({ length: 4 }, (_, at) => String(at).repeat(64));
const FILES = ['a', 'b', 'c'].map((path) => ({ path, size: 1 }));
const lineOf = (path: string, at = 0): string => `${HEX[at]}  ./${path}`;

function read(files: readonly SizedFile[], lines: readonly string[]) {
  const [group] = hashGroups(files);
  const told: string[] = [];
  const reader = new HashReader(group!, (file, digest) => told.push(`${file.path} ${digest}`));
  for (const line of lines) reader.read(line);
  return { complete: reader.complete, told };
}

it('takes an answer that names each file in its turn', () => {
  const { complete, told } = read(FILES, [lineOf('a', 1), lineOf('b', 2), lineOf('c', 3)]);
  expect(complete).toBe(true);
  expect(told).toEqual([`a sha256:${HEX[1]}`, `b sha256:${HEX[2]}`, `c sha256:${HEX[3]}`]);
});

it.each([
  ['in another order', [lineOf('b'), lineOf('a'), lineOf('c')]],
  ['without the first', [lineOf('b'), lineOf('c')]],
  ['without the last', [lineOf('a'), lineOf('b')]],
  ['with one name in place of another', [lineOf('a'), lineOf('x'), lineOf('c')]],
  ['with a hash that is cut off', [lineOf('a').slice(1), lineOf('b'), lineOf('c')]],
  ['that says nothing', []],
])('does not call an answer %s complete', (_, lines) => {
  expect(read(FILES, lines).complete).toBe(false);
});

it('keeps the first of two answers to one question, and passes over what was not asked', () => {
  const lines = [
    'welcome to the NAS',
    lineOf('a', 1),
    lineOf('a', 2),
    lineOf('other'),
    lineOf('b'),
    lineOf('c'),
    lineOf('d'),
  ];
  const { complete, told } = read(FILES, lines);
  expect(complete).toBe(true);
  expect(told).toHaveLength(3);
  expect(told[0]).toBe(`a sha256:${HEX[1]}`);
});

it('hashes names that tools write in different ways by their content, and believes no name there', () => {
  const odd = { path: 'a\nb', size: 1 };
  expect(hashGroups([odd])[0]!.args).toEqual([]);
  expect(read([odd], [`${HEX[1]}  -`])).toEqual({ complete: true, told: [`a\nb sha256:${HEX[1]}`] });
  expect(read([odd], [`\\${HEX[1]}  ./a\\nb`]).complete).toBe(false);
});

it('takes large files one at a time, small ones many, and each exactly once', () => {
  const files = [
    ...FILES,
    { path: 'large', size: 9 * MIB },
    { path: 'odd\\', size: 9 * MIB },
    { path: 'edge', size: 4 * MIB },
  ];
  const groups = hashGroups(files);
  expect(groups.map(({ files: some }) => some.map(({ path }) => path))).toEqual([
    ['a', 'b', 'c'],
    ['large', 'edge'],
    ['odd\\'],
  ]);
  expect(standardInput(groups[0]!)).toBe('./a\0./b\0./c\0');
  expect(hashGroups([])).toEqual([]);
});

it('gives a large file the time that a slow disk takes', () => {
  const [group] = hashGroups([{ path: 'large', size: 500 * MIB }]);
  const reader = new HashReader(group!, () => undefined);
  expect(reader.allowanceMs).toBeGreaterThan(60_000);
  reader.read(lineOf('large'));
  expect(reader.allowanceMs).toBe(0);
});

it('where files may be missing, passes over them, and never goes back', () => {
  const group = groupAhead([...FILES, { path: 'large', size: 9 * MIB }, { path: 'odd\\', size: 1 }])!;
  const told: string[] = [];
  const reader = new HashReader(group, ({ path }) => told.push(path));
  for (const path of ['b', 'a', 'b', 'nobody', 'c', 'b']) reader.read(lineOf(path));
  expect(group.files).toEqual(FILES);
  expect(told).toEqual(['b', 'c']);
});

it('asks ahead for nothing where no file is small and plain', () => {
  expect(groupAhead([{ path: 'large', size: 9 * MIB }])).toBeNull();
  expect(groupAhead([{ path: 'odd\\', size: 1 }])).toBeNull();
  expect(groupAhead([])).toBeNull();
});
