import { describe, expect, test } from 'vitest';
import { nameCollision } from '#dist/gate/rules/name-collision.js';
import { messagesOf } from './support.js';

const of = (names: string[], path = ''): string[] => messagesOf(nameCollision, 'folder', { path, names });

describe.each([
  ['at the top', ''],
  ['four levels down', 'a/b/c/d'],
])('name_collision %s', (_, path) => {
  test.each([
    ['case', 'Data', 'data'],
    ['case beyond ASCII', 'É', 'é'],
    ['normalisation', 'e\u0301', '\u00e9'],
    ['both', 'E\u0301', '\u00e9'],
    ['the order of two marks', 'a\u0323\u0302', 'a\u0302\u0323'],
    ['the order of marks that capitals dissolve', 'α\u0345\u0301', '\u1fb4'],
    ['sharp s', 'STRASSE', 'straße'],
    ['capital sharp s', 'ẞ', 'ß'],
    ['the Kelvin sign', 'K', 'k'],
    ['the three sigmas', 'ΟΔΟΣ.txt', 'οδος.txt'],
    ['a joiner', 'a\u200db', 'ab'],
    ["the run's own record folder", '.EXLAB-WIZARD', '.exlab-wizard'],
  ])('finds what %s alone tells apart', (_, first, second) => {
    expect(of([second, 'other', first], path)).toHaveLength(1);
    expect(of([first, second], path)).toEqual(of([second, first], path));
  });

  test.each([
    ['a letter', 'data1', 'data2'],
    ['an accent', 'e', 'é'],
    ['the dotless i', 'ı', 'i'],
    ['a compatibility form', 'ａ', 'a'],
    ['a ligature of another name', 'æ', 'ae'],
    ['a space', 'a b', 'ab'],
  ])('lets pass what %s tells apart', (_, first, second) => {
    expect(of([first, second], path)).toEqual([]);
  });
});

test('both names are said, with their folder', () => {
  expect(of(['b', 'B'], 'x/y')).toEqual(['"x/y/B" and "x/y/b" would be one on some NAS: rename one of them']);
});

test('names that look the same are told apart by their code points', () => {
  expect(of(['caf\u00e9', 'cafe\u0301'], 'x')).toEqual([
    '"cafe\\u{301}" and "caf\\u{e9}" would be one on some NAS (in "x"): rename one of them',
  ]);
});

test('of three names that would be one, two are findings about themselves', () => {
  const found = nameCollision.checks.folder!({ path: 'x', names: ['aa', 'AA', 'aA', 'b'] });
  expect(found.map(({ path }) => path)).toEqual(['x/aA', 'x/aa']);
});
