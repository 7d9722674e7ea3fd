import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plainBytes, plainName, RsyncProgressReader } from '#dist/transports/rsync/parse-output.js';

it('tells the file under way and how far all is, which never goes back', () => {
  const reader = new RsyncProgressReader();
  const lines = [
    '>a/',
    '>a/one.txt',
    '     32,768   1%    0.00kB/s    0:00:00',
    '>a/two.txt',
    '     16,384   1%  ',
    ' 65,536   3%',
  ];
  expect(lines.map((line) => reader.read(line))).toEqual([
    null,
    null,
    { bytes: 32_768, current: 'a/one.txt' },
    null,
    { bytes: 32_768, current: 'a/two.txt' },
    { bytes: 65_536, current: 'a/two.txt' },
  ]);
  expect(reader.begun).toEqual(['a/one.txt', 'a/two.txt']);
});

it('takes a file that is called like a progress line for a file', () => {
  const reader = new RsyncProgressReader();
  expect(reader.read('>     32,768   1%')).toBeNull();
  expect(reader.begun).toEqual(['     32,768   1%']);
});

it('makes nothing of any other line', () => {
  expect(new RsyncProgressReader().read('sent 12 bytes  received 3 bytes')).toBeNull();
});

it('knows an escaped byte from a backslash', () => {
  expect(plainName(String.raw`a\#012b`)).toBe('a\nb');
  expect(plainName(String.raw`a\#134#012`)).toBe(String.raw`a\#012`);
  expect(plainName(String.raw`a\b\#9`)).toBe(String.raw`a\b\#9`);
  expect(plainName(String.raw`\#303\#244`)).toBe('ä');
});

/** As rsync does in the C locale. */
function shown(name: Buffer): string {
  let text = '';
  for (const [at, byte] of name.entries()) {
    const rest = name.subarray(at, at + 5).toString('latin1');
    const plain = byte >= 0x20 && byte < 0x7f && !/^\\#[0-7]{3}/.test(rest);
    text += plain ? String.fromCharCode(byte) : String.raw`\#${byte.toString(8).padStart(3, '0')}`;
  }
  return text;
}

it('gives back any bytes that rsync has shown', () => {
  const byte = fc.oneof(fc.constantFrom(...Buffer.from('\\#0123\n')), fc.integer({ min: 1, max: 255 }));
  const holds = fc.property(fc.array(byte), (bytes) => {
    expect(plainBytes(shown(Buffer.from(bytes)))).toEqual(Buffer.from(bytes));
  });
  fc.assert(holds);
});
