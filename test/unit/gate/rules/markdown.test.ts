import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyFinder } from '#dist/gate/content/key-path.js';
import { runWith } from '../../run/support.js';
import { foundIn, gated, LEFT } from './support.js';

const BOTH = ['unresolved_placeholder_token', 'leftover_jinja_marker'];

const rulesFor = async (path: string, content: string): Promise<Set<string | undefined>> =>
  new Set((await foundIn(path, content)).map((line) => line.split(':')[0]));

describe('of Markdown', () => {
  test('only the front matter is looked into', async () => {
    expect(await rulesFor('a/b/c/d/README.md', `---\ntitle: x\n---\n${LEFT}`)).toEqual(new Set());
    expect(await rulesFor('README.MD', LEFT)).toEqual(new Set());
    expect(await rulesFor('README.MD', `---\r\ntitle: ${LEFT}\r\n---\r\n`)).toEqual(new Set(BOTH));
    expect(await rulesFor('README.md', `\ufeff---\ntitle: ${LEFT}\n...\n`)).toEqual(new Set(BOTH));
  });

  test.each([
    ['title: <x>', 'title'],
    ['title: {{ x }}', 'title'],
    ['title: {% if x %}', 'title'],
    ['title: "on {{ x }}"', 'title'],
    ['sample:\n  tags:\n    - a\n    - name: <x>', 'sample.tags[1].name'],
    ['sample: { id: [a, <x>] }', 'sample.id[1]'],
    ['text: |\n  long\n  <x>\nb: 1', 'text'],
    ['<x>: 1', '<x>'],
    ['- a\n- <x>', '[1]'],
    ['a: "never closed <x>', 'a'],
  ])('the key is said: %j', async (yaml, key) => {
    const [said] = await foundIn('a.md', `---\n${yaml}\n---\n`);
    expect(said).toContain(`at "${key}" of its front matter`);
  });

  test('the same placeholder at two keys is two findings, in their lines', async () => {
    const said = await foundIn('a.md', '---\na: <x>\nb: <x>\n---\n');
    expect(said.map((line) => /line (\d)/.exec(line)?.[1])).toEqual(['2', '3']);
  });

  test('of more than anybody writes is looked into without its keys being looked for', async () => {
    const [said] = await foundIn('a.md', `---\na: <x> ${'b'.repeat(256 * 1024)}\n---\n`);
    expect(said).toContain('line 2 of "a.md" holds');
  });

  test('what is no YAML at all is looked into, without a key', async () => {
    const deep = await foundIn('a.md', `---\n${'['.repeat(60_000)}<x>\n---\n`);
    expect(deep).toHaveLength(2);
    expect(deep.join()).toContain('is nested deeper than 200 levels');
    expect((await foundIn('a.md', '---\n# <x>\n---\n')).join()).not.toContain('front matter');
  });
});

test('no text, however odd, keeps the keys from being looked for', () => {
  const yaml = fc.string({ unit: fc.constantFrom(...'ab:-?[]{},&*!|>%@`"\'#< \n\n  '), maxLength: 60 });
  fc.assert(
    fc.property(yaml, fc.nat(60), (text, offset) => {
      const key = keyFinder(text)(offset);
      expect(key === null || key !== '').toBe(true);
    }),
    { numRuns: 2000 },
  );
});

describe('malformed_yaml_front_matter', () => {
  test.each(['---\ntitle: x\n', '---', '--- \n-- -\n----\n', '---\r\na: 1\r\n ---\r\n'])(
    'finds %j',
    async (content) => {
      const findings = await gated(runWith({ 'a/b/c/d/x.md': content }), { renderedFiles: ['a/b/c/d/x.md'] });
      expect(findings).toMatchObject([{ rule: 'malformed_yaml_front_matter', tier: 'soft', subject: 'a/b/c/d/x.md' }]);
    },
  );

  test.each(['---\ntitle: x\n---', '---\n---\n', '\n---\nx', ' ---\nx', '----\nx', '---x\n', '', '# title\n\n---\n'])(
    'lets %j pass',
    async (content) => {
      expect(await foundIn('x.md', content)).toEqual([]);
    },
  );

  test('is about Markdown only', async () => {
    expect(await foundIn('x.txt', '---\n')).toEqual([]);
  });
});
