import { earnsReadBack } from '#dist/bytes/direct-file-systems.js';
import { expect, it } from 'vitest';

it('takes O_DIRECT for a read of the disk only where the file system is known to make it one', () => {
  for (const known of [0xef53, 0x58465342, 0x6969, 0xff534d42, 0xff534d42 | 0]) expect(earnsReadBack(known)).toBe(true);
  const [fuse, zfs, ecryptfs] = [0x65735546, 0x2fc12fc1, 0xf15f];
  for (const other of [fuse, zfs, ecryptfs, 0, 0x1234]) expect(earnsReadBack(other)).toBe(false);
});
