import { describe, expect, test } from 'vitest';
import { cut, cutStart, padded, widthOf } from '#dist/cli/text/width.js';

describe('the width of a text', () => {
  test.each([
    ['plain letters', 'Run_1', 5],
    ['accents of their own character', 'Räng', 4],
    ['accents that combine', 'Ra\u0308ng', 4],
    ['East Asian characters', '顕微鏡', 6],
    ['an emoji', '🔬', 2],
    ['an emoji of several code points', '👩‍🔬', 2],
    ['nothing', '', 0],
  ])('counts %s', (_, text, width) => {
    expect(widthOf(text)).toBe(width);
  });
});

test('a text is filled up on its right', () => expect(padded('鏡', 4)).toBe('鏡  '));
test('a number is filled up on its left', () => expect(padded('12', 4, 'left')).toBe('  12'));
test('a text that is too wide is not filled up', () => expect(padded('long', 2)).toBe('long'));

describe('a cut text', () => {
  test('stays whole where it fits', () => expect(cut('Run_1', 5)).toBe('Run_1'));
  test('keeps its start', () => expect(cut('Run_12', 5)).toBe('Run_…'));
  test('keeps its end where that says more', () => expect(cutStart('data/a.tif', 6)).toBe('…a.tif'));
  test('never halves a wide character', () => expect(cut('顕微鏡', 4)).toBe('顕…'));
  test('is nothing where there is no room', () => expect([cut('Run', 0), cutStart('Run', 0)]).toEqual(['', '']));
});
