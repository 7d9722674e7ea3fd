import { expect, test } from 'vitest';
import { paintFor } from '#dist/cli/text/style.js';

const terminal = { isTTY: true };

test('a terminal gets colour', () => expect(paintFor(terminal, true, {})('red', 'x')).toBe('\x1b[31mx\x1b[39m'));

test.each([
  ['a file or pipe', {}, true, {}],
  ['--no-color', terminal, false, {}],
  ['NO_COLOR', terminal, true, { NO_COLOR: '1' }],
  ['a dumb terminal', terminal, true, { TERM: 'dumb' }],
])('%s gets none', (_, stream, wanted, env) => {
  expect(paintFor(stream, wanted, env)('red', 'x')).toBe('x');
});

test('an empty NO_COLOR counts as not set', () => {
  expect(paintFor(terminal, true, { NO_COLOR: '' })('red', 'x')).not.toBe('x');
});
