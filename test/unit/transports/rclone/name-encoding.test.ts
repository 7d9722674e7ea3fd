import { expect, it } from 'vitest';
import {
  rcloneName,
  readEncoding,
  whyNotFound,
  whyNotKept,
  type Encoding,
} from '#dist/transports/rclone/name-encoding.js';

const flags = (text: string): Encoding => readEncoding(text)!;
const STANDARD = 'Slash,Dot';

/** For each flag: names that it changes, and ones that it leaves alone. */
const CASES: Readonly<Record<string, { changed: readonly string[]; kept: readonly string[] }>> = {
  LtGt: { changed: ['a<b', 'a>', '＜'], kept: ['a=b'] },
  DoubleQuote: { changed: ['"', '＂'], kept: ["'"] },
  SingleQuote: { changed: ["it's", '＇'], kept: ['"'] },
  BackQuote: { changed: ['`', '｀'], kept: ['´'] },
  Dollar: { changed: ['$x', '＄'], kept: ['€'] },
  Colon: { changed: ['12:00', '：'], kept: [';'] },
  Question: { changed: ['a?', '？'], kept: ['!'] },
  Asterisk: { changed: ['*', '＊'], kept: ['+'] },
  Pipe: { changed: ['a|b', '｜'], kept: ['!'] },
  Hash: { changed: ['#1', '＃'], kept: ['№'] },
  Percent: { changed: ['5%', '％'], kept: ['‰'] },
  BackSlash: { changed: ['a\\b', '＼'], kept: ['／'] },
  SquareBracket: { changed: ['[a]', '［'], kept: ['(a)'] },
  Semicolon: { changed: ['a;b', '；'], kept: [':'] },
  CrLf: { changed: ['\u240d', '\u240a'], kept: ['\t'] },
  Del: { changed: ['\u007f', '\u2421'], kept: ['\u0001'] },
  Ctl: { changed: ['\t', '\u0001', '\u2409'], kept: ['\u007f', '\u0085'] },
  LeftSpace: { changed: [' a', '\u2420a'], kept: ['a ', 'a b'] },
  LeftPeriod: { changed: ['.a', '．a'], kept: ['a.', 'a.b'] },
  LeftTilde: { changed: ['~a', '～a'], kept: ['a~'] },
  LeftCrLfHtVt: { changed: ['\ta', '\u2409a'], kept: ['a\t'] },
  RightSpace: { changed: ['a ', ' ', 'a\u2420'], kept: [' a'] },
  RightPeriod: { changed: ['a.', '...', 'a．'], kept: ['.a'] },
  RightCrLfHtVt: { changed: ['a\t', 'a\u2409'], kept: ['\ta'] },
};

it.each(Object.entries(CASES))('refuses what %s changes, and nothing else', (flag, { changed, kept }) => {
  for (const name of changed) {
    expect(whyNotKept(name, flags(`${STANDARD},${flag}`)), name).not.toBeNull();
    expect(whyNotKept(name, flags(STANDARD)), `${name} without ${flag}`).toBeNull();
  }
  for (const name of kept) expect(whyNotKept(name, flags(`${STANDARD},${flag}`)), name).toBeNull();
});

it('refuses line breaks and the quote of rclone on every remote', () => {
  for (const encoding of ['raw' as const, flags(STANDARD), flags('Raw'), flags('None')]) {
    for (const name of ['a\nb', 'a\r', 'a\u201bb']) expect(whyNotKept(name, encoding)).not.toBeNull();
  }
});

it('refuses controls and their symbols where rclone stores what it calls them', () => {
  for (const name of ['\t', '\u0001', '\u007f', '\u2409', '\u2421']) expect(whyNotKept(name, 'raw')).not.toBeNull();
  for (const name of ['a b', '：', '\\', 'é', 'e\u0301', '🔬', '\u0085', '／', '．']) {
    expect(whyNotKept(name, 'raw'), name).toBeNull();
  }
});

it('refuses what would be read as a slash or as a folder where the encoding does not know them', () => {
  expect(whyNotKept('a／b', flags('InvalidUtf8'))).not.toBeNull();
  expect(whyNotKept('．．', flags('Slash'))).not.toBeNull();
  expect(whyNotKept('．．', flags('Slash,Dot'))).toBeNull();
});

it('knows no encoding with a flag that it never heard of', () => {
  expect(readEncoding('Slash,Emoji')).toBeNull();
  expect(readEncoding('Slash, Dot')).toEqual(new Set(['Slash', 'Dot']));
  expect(readEncoding('Raw,Slash')).toBeNull();
});

it('names files as rclone does', () => {
  expect(rcloneName('a\tb')).toBe('a\u2409b');
  expect(rcloneName('a\u2409b')).toBe('a\u201b\u2409b');
  expect(rcloneName('\u007f')).toBe('\u2421');
  expect(rcloneName('sub/é ：x')).toBe('sub/é ：x');
});

it('refuses folders of this machine that rclone would look for under another name', () => {
  expect(whyNotFound('a\u2409b')).not.toBeNull();
  expect(whyNotFound('a\u201bb')).not.toBeNull();
  expect(whyNotFound('a\tb ： "x"')).toBeNull();
});
