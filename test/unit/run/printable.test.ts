import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { printable } from '#dist/run/printable.js';

describe('printable', () => {
  test.each([
    ['plain name.tif', 'plain name.tif'],
    ['new\nline', 'new\\nline'],
    ['carriage\rreturn', 'carriage\\rreturn'],
    ['tab\there', 'tab\\there'],
    ['clear\u001b[2J', 'clear\\x1b[2J'],
    ['delete\u007f', 'delete\\x7f'],
    ['next\u0085line', 'next\\u0085line'],
    ['csi\u009b2J', 'csi\\u009b2J'],
    ['line\u2028separator', 'line\\u2028separator'],
    ['paragraph\u2029separator', 'paragraph\\u2029separator'],
    ['cod\u202efit.exe', 'cod\\u202efit.exe'],
    ['isolate\u2066x', 'isolate\\u2066x'],
    ['arabic letter mark\u061c', 'arabic letter mark\\u061c'],
    ['zero\u200bwidth', 'zero\\u200bwidth'],
    ['\ufeffmark', '\\ufeffmark'],
    ['tag \u{e0041}', 'tag \\u{e0041}'],
    ['half \ud83d', 'half \\ud83d'],
    ['\u00e9 \u{1f52c} \u6f22', '\u00e9 \u{1f52c} \u6f22'],
    ['\u{1f469}\u200d\u{1f52c}', '\u{1f469}\u200d\u{1f52c}'],
    ['C:\\data', 'C:\\data'],
  ])('shows %j as %j', (name, shown) => {
    expect(printable(name)).toBe(shown);
  });

  test('shows the bytes of a name that are not UTF-8, and the rest as it is', () => {
    const name = Buffer.from([0x61, 0xff, 0xc3, 0xa9, 0xc3, 0x0a, 0xf0, 0x9f, 0x94, 0x62]);
    expect(printable(name)).toBe('a\\xff\u00e9\\xc3\\n\\xf0\\x9f\\x94b');
  });

  test('shows the same name alike as text and as bytes', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (name) => printable(Buffer.from(name)) === printable(name)));
  });

  test('never lets a control character or a second line through, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect(printable(Buffer.from(bytes))).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u);
      }),
    );
  });
});
