import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rule } from '#dist/gate/rules/rule.js';
import { illegalFilesystemCharacter } from '#dist/gate/rules/illegal-character.js';
import { leftoverJinjaMarker } from '#dist/gate/rules/leftover-jinja.js';
import { reservedFilesystemName } from '#dist/gate/rules/reserved-name.js';
import { unresolvedPlaceholderToken } from '#dist/gate/rules/unresolved-placeholder.js';
import { messagesOf, PLACES } from './support.js';

const DEVICES = [
  'CON',
  'PRN',
  'AUX',
  'NUL',
  'COM1',
  'COM9',
  'LPT1',
  'LPT9',
  'COM¹',
  'COM²',
  'LPT³',
  'CONIN$',
  'CONOUT$',
];

const CASES: readonly { rule: Rule; found: [name: string, said: string][]; fine: string[] }[] = [
  {
    rule: unresolvedPlaceholderToken,
    found: [
      ['Run_<run_date>', '"<run_date>"'],
      ['<_>', '"<_>"'],
      ['<<x1>', '"<x1>"'],
    ],
    fine: ['<>', '<1x>', '<a b>', '<a-b>', '<é>', 'a<b', 'a>b', 'run_date'],
  },
  {
    rule: leftoverJinjaMarker,
    found: [
      ['{{ x }}.tif', '"{{ x }}"'],
      ['a{{}}', '"{{}}"'],
      ['{%if x%}', '"{%if x%}"'],
      ['{{{x}}', '"{{{x}}"'],
      ['{{a}b}{{c}}', '"{{c}}"'],
      ['{%a%b{%c%}', '"{%c%}"'],
    ],
    fine: ['{x}', '{{x}', '{{x} }', '{ {x}}', '{%x}', '{%x%', '{x%}', '{{x%}', '{#x#}', '{%a%b%}', '{{a}b}}'],
  },
  {
    rule: illegalFilesystemCharacter,
    found: [
      ...['<', '>', ':', '|', '?', '*'].map((one): [string, string] => [`a${one}b`, `"${one}"`]),
      ['a"b', `holds '"'`],
      ['a\nb', '"\\n"'],
      ['a\u0000b', '"\\x00"'],
      ['a\u001f', '"\\x1f"'],
      ['a:b?c:', '":" "?"'],
      ['a.', 'ends in a dot'],
      ['a ', 'ends in a space'],
      ['a: ', 'holds ":" and ends in a space'],
    ],
    fine: [' a', '.a', 'a.b', 'a b', 'a\u007f', 'a\u0080', 'é', 'a；b', "a'b", 'a[1]{2}(3)#%&!', '…', 'a\u00a0'],
  },
  {
    rule: reservedFilesystemName,
    found: [
      ...DEVICES.map((name): [string, string] => [name, `"${name}"`]),
      ['con', '"con"'],
      ['con.txt', '"con"'],
      ['NUL.tar.gz', '"NUL"'],
      ['lPt4.', '"lPt4"'],
      ['AUX .log', '"AUX"'],
    ],
    fine: ['COM0', 'COM10', 'CONS', 'LPT', 'LPT0', 'COM', 'xCON', '.con', 'CON_1', 'a.con', 'COM1-1', 'ＣＯＮ'],
  },
];

describe.each(CASES)('$rule.name', ({ rule, found, fine }) => {
  describe.each(PLACES)('%s', (_, at) => {
    test.each(found)('finds %j and says %s', (name, said) => {
      const messages = messagesOf(rule, 'name', at(name));
      expect(messages).toHaveLength(1);
      expect(messages[0]).toContain(said);
      expect(messages[0]).not.toMatch(/\p{Cc}/u);
    });

    test('finds nothing in names that are fine', () => {
      expect(fine.flatMap((name) => messagesOf(rule, 'name', at(name)))).toEqual([]);
    });
  });
});

test.each(['/', '\\'])('illegal_filesystem_character finds a %s, wherever a name can hold it', (character) => {
  const facts = { name: `a${character}b`, path: `c/a${character}b`, kind: 'file' } as const;
  expect(messagesOf(illegalFilesystemCharacter, 'name', facts)[0]).toContain(`"${character}"`);
});

test('each of several placeholders in one name is a finding, once', () => {
  const facts = { name: '<a>_<b>_<a>', path: '<a>_<b>_<a>', kind: 'file' } as const;
  expect(messagesOf(unresolvedPlaceholderToken, 'name', facts)).toHaveLength(2);
});

test('template markers are found as the regular expressions of the rule find them', () => {
  const text = fc.string({ unit: fc.constantFrom(...'{{}}%%a'), maxLength: 30 });
  fc.assert(
    fc.property(text, (name) => {
      const expected = [/\{\{[^}]*\}\}/g, /\{%[^%]*%\}/g].flatMap((marker) => name.match(marker) ?? []);
      const messages = messagesOf(leftoverJinjaMarker, 'name', { name, path: 'x', kind: 'file' });
      expect(messages.map((message) => /marker "(.*)": rename/.exec(message)?.[1])).toEqual([...new Set(expected)]);
    }),
    { numRuns: 3000 },
  );
});

test('a megabyte of braces that never close takes no time', () => {
  const name = '{{'.repeat(500_000) + '{%'.repeat(100_000);
  const began = performance.now();
  expect(messagesOf(leftoverJinjaMarker, 'name', { name, path: 'x', kind: 'file' })).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1000);
});
