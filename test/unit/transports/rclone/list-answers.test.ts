import { expect, it } from 'vitest';
import { list } from '#dist/transports/rclone/list.js';
import { nameThere, rcloneName } from '#dist/transports/rclone/name-encoding.js';
import type { Rclone, RcloneCall } from '#dist/transports/rclone/rclone.js';

const { signal } = new AbortController();
const FILE = '{"Path":"a","Name":"a","Size":1,"ModTime":"","IsDir":false}';

/** What comes of an rclone that ends well and has printed these lines. */
const answered = (...lines: string[]) => {
  const run = async ({ onOut }: RcloneCall) => {
    for (const line of lines) onOut?.(line);
    return { run: { exitCode: 0 }, complaints: [], stats: null };
  };
  return list({ at: () => 'nas:x', run } as unknown as Rclone, { target: 'x', signal });
};

it('takes a list for what it says when it has come to its end', async () => {
  expect((await answered('[', ']'))!.listed).toEqual([]);
  expect((await answered('[]'))!.listed).toEqual([]);
  expect((await answered('[', FILE, ']'))!.listed).toMatchObject([{ path: 'a', size: 1 }]);
});

it.each([[[]], [['[']], [['[', FILE]], [['[', ']', FILE]]])('takes %j for no list', async (lines) => {
  await expect(answered(...lines)).rejects.toMatchObject({
    code: 'unknown',
    message: expect.stringContaining('no end'),
  });
});

it.each(['a\tb', '\u0001', 'del\u007f', '\u2409', '\u2421', 'a\u2409\tb', 'plain', '\u2400'])(
  'knows %j again by what rclone calls it',
  (name) => {
    expect(nameThere(rcloneName(name), new Set(['Slash', 'Dot']))).toBe(name);
  },
);

it('leaves names alone where the remote stores what rclone calls a file', () => {
  expect(nameThere('a\u2409b', 'raw')).toBe('a\u2409b');
});
