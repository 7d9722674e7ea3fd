import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byCodePoint } from '#dist/run/code-point-order.js';

describe('byCodePoint', () => {
  test('gives the order of the UTF-8 bytes', () => {
    const text = fc.string({ unit: 'binary' });
    fc.assert(
      fc.property(text, text, text, (start, a, b) => {
        const bytes = Buffer.compare(Buffer.from(start + a), Buffer.from(start + b));
        expect(Math.sign(byCodePoint(start + a, start + b))).toBe(bytes);
      }),
      { numRuns: 2000 },
    );
  });

  test('puts an emoji after U+FFFF, which UTF-16 order does not', () => {
    expect(byCodePoint('\uffff', '\u{1f52c}')).toBeLessThan(0);
    expect('\uffff' < '\u{1f52c}').toBe(false);
  });

  test('tells two characters beyond U+FFFF apart by their second half', () => {
    expect(byCodePoint('\u{1f52c}', '\u{1f52d}')).toBeLessThan(0);
  });

  test('puts a folder before what it holds', () => {
    expect(byCodePoint('a', 'a/b')).toBeLessThan(0);
  });
});
