import { expect, it } from 'vitest';
import { parseItemized, parseVerdicts, placeFilters } from '#dist/transports/rsync/parse-itemized.js';

const NEW = '+++++++++';
const NOTHING = { folders: [], links: [], files: new Map(), others: [], partials: false };

it('reads what stands at a place, and leaves out what leads there', () => {
  const lines = [
    `cd${NEW} 4096 ./// `,
    `cd${NEW} 4096 PROJ///`,
    `cd${NEW} 4096 PROJ/Run///`,
    `cd${NEW} 4096 PROJ/Run/d///`,
    `>f${NEW} 12 PROJ/Run/d/a -> b//`,
    `cL${NEW} 3 PROJ/Run/l// -> a//b`,
    `cS${NEW} 0 PROJ/Run/pipe//`,
    `>f${NEW} 12 PROJ/Run_2/other//`,
  ];
  expect(parseItemized(lines, 'PROJ/Run')).toEqual({
    ...NOTHING,
    folders: ['d'],
    files: new Map([['d/a -> b', 12]]),
    links: [{ path: 'l', linkTo: 'a//b' }],
    others: ['pipe'],
    there: true,
  });
});

it('undoes the escapes of names and of links', () => {
  const lines = [String.raw`>f${NEW} 1 a\#012b\#134#012\#303\#244//`, String.raw`cL${NEW} 1 l\#012// -> x\#011y`];
  const found = parseItemized(lines);
  expect([...found!.files.keys()]).toEqual(['a\nb\\#012ä']);
  expect(found!.links).toEqual([{ path: 'l\n', linkTo: 'x\ty' }]);
});

it('counts a name that is not UTF-8 among what is not the run’s', () => {
  expect(parseItemized([String.raw`>f${NEW} 1 \#377//`])).toMatchObject({ files: new Map(), others: ['\\xff'] });
});

it('tells a place that is not there from an empty one', () => {
  expect(parseItemized([`cd${NEW} 4096 PROJ///`], 'PROJ/Run')).toMatchObject({ there: false });
  expect(parseItemized([`cd${NEW} 4096 PROJ/Run///`], 'PROJ/Run')).toMatchObject({ there: true, folders: [] });
});

it('believes nothing where one line is not in its form', () => {
  expect(parseItemized([`>f${NEW} 1 a//`, 'hello'])).toBeNull();
  expect(parseItemized([`>f${NEW} many a//`])).toBeNull();
  expect(parseItemized([`>f${NEW} 1 a`])).toBeNull();
});

it('lets through the place and what leads there, its record folder left out', () => {
  expect(placeFilters('PROJ/Run')).toEqual([
    '--exclude=/PROJ/Run/.exlab-wizard',
    '--include=/PROJ/',
    '--include=/PROJ/Run/',
    '--include=/PROJ/Run/**',
    '--exclude=*',
  ]);
});

it('escapes a wildcard where there is one, and a backslash only beside a wildcard', () => {
  expect(placeFilters(String.raw`a\b/[c]`)).toEqual([
    String.raw`--exclude=/a\\b/\[c]/.exlab-wizard`,
    String.raw`--include=/a\b/`,
    String.raw`--include=/a\\b/\[c]/`,
    String.raw`--include=/a\\b/\[c]/**`,
    '--exclude=*',
  ]);
  expect(placeFilters(String.raw`a\b`)).toContain(String.raw`--include=/a\\b/**`);
});

it('takes as equal only what was compared and found without a difference', () => {
  const lines = [
    '.f          same',
    '.f..t...... time',
    '>fc........ other',
    '.fc........ content',
    '<f+++++++++ new',
    '.d..t...... d/',
  ];
  expect(parseVerdicts(lines)).toEqual(
    new Map([
      ['same', true],
      ['time', true],
      ['other', false],
      ['content', false],
      ['new', false],
    ]),
  );
});
