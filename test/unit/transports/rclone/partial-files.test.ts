import { expect, it } from 'vitest';
import { lines } from '#dist/transports/rclone/hash.js';
import { partialsOf } from '#dist/transports/rclone/partial-files.js';

it('takes for an unfinished file only what rclone would have called one of a file of the run', () => {
  const ours = ['sub/a.txt', 'b.0123abcd.nas-sync-part'];
  const listed = [
    'sub/a.txt.Zz09abcd.nas-sync-part',
    'a.txt.Zz09abcd.nas-sync-part',
    'sub/a.txt.nas-sync-part',
    'sub/a.txt.Zz09abc\n.nas-sync-part',
    'sub/a.txt.Zz09abcd.nas-sync-part\n',
    'x\nsub/a.txt.Zz09abcd.nas-sync-part',
    'b.0123abcd.nas-sync-part',
  ];
  expect(partialsOf(ours, listed)).toEqual(['sub/a.txt.Zz09abcd.nas-sync-part']);
});

it('knows the unfinished file of a long name, which rclone cuts', () => {
  const long = `sub/${'ü'.repeat(60)}`;
  const cut = `sub/${'ü'.repeat(48)}.0123abcd.nas-sync-part`;
  expect(partialsOf([long], [cut, `${long}.0123abcd.nas-sync-part`])).toEqual([cut]);
});

it('refuses to write a name with a line break into a list of lines', () => {
  expect(lines(['a', 'b c'])).toBe('a\nb c\n');
  for (const name of ['a\nb', 'a\r', '\0']) expect(() => lines(['fine', name])).toThrow('line break');
});
