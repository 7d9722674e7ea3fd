import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseListing } from '#dist/transports/rsync/parse-listing.js';

type Item = string | Buffer | number;
const answer = (...items: Item[]): Buffer =>
  Buffer.concat(items.flatMap((item) => [Buffer.from(typeof item === 'number' ? String(item) : item), Buffer.of(0)]));

const EMPTY = answer('.', '', '', '', '', 'end');
const FULL = answer(
  ...['.', './d', './d/e\nf', ''],
  ...['./link', '../to\nx', ''],
  ...['./pipe', ''],
  ...[2, 10, 0, './a.txt', './d/ b\r', 1, 7, './d/e\nf/-', ''],
  ...['partials', 'end'],
);

it('reads folders, links, files and what is neither', () => {
  expect(parseListing(FULL)).toEqual({
    folders: ['d', 'd/e\nf'],
    links: [{ path: 'link', linkTo: '../to\nx' }],
    files: new Map([
      ['a.txt', 10],
      ['d/ b\r', 0],
      ['d/e\nf/-', 7],
    ]),
    others: ['pipe'],
    partials: true,
  });
});

it('reads a place that holds nothing', () => {
  expect(parseListing(EMPTY)).toEqual({ folders: [], links: [], files: new Map(), others: [], partials: false });
});

describe('an answer that cannot be trusted is none', () => {
  it('wherever it is cut off', () => {
    for (let length = 0; length < FULL.length; length += 1) {
      expect(parseListing(FULL.subarray(0, length)), `after ${length} bytes`).toBeNull();
    }
  });

  it.each([
    ['a size that is no number', answer('.', '', '', '', 1, 'x', './a', '', 'end')],
    ['fewer sizes than names', answer('.', '', '', '', 2, 10, './a', './b', '', 'end')],
    ['a number that is none', answer('.', '', '', '', -1, './a', '', 'end')],
    ['no files in a batch', answer('.', '', '', '', 0, '', 'end')],
    ['something else at its end', answer('.', '', '', '', '', 'partials\nend')],
  ])('with %s', (_, bytes) => {
    expect(parseListing(bytes)).toBeNull();
  });
});

it('counts names that are not UTF-8 among what is not the run’s, safe to print', () => {
  const odd = Buffer.from([0x2e, 0x2f, 0xff]);
  const listing = parseListing(answer('.', odd, '', odd, 'x', '', '', 1, 3, odd, '', 'end'));
  expect(listing).toMatchObject({ folders: [], links: [], files: new Map(), others: ['\\xff', '\\xff', '\\xff'] });
});

const name = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !text.includes('\0') && !text.includes('/'));

it('gives back every name and size, in batches of any length', () => {
  const files = fc.uniqueArray(fc.tuple(name, fc.nat()), { selector: ([path]) => path, minLength: 1 });
  fc.assert(
    fc.property(files, fc.integer({ min: 1, max: 5 }), (given, size) => {
      const batches: Item[] = [];
      for (let at = 0; at < given.length; at += size) {
        const batch = given.slice(at, at + size);
        batches.push(batch.length, ...batch.map(([, bytes]) => bytes), ...batch.map(([path]) => `./${path}`));
      }
      expect(parseListing(answer('.', '', '', '', ...batches, '', 'end'))?.files).toEqual(new Map(given));
    }),
  );
});
