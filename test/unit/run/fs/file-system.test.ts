import { expect, it } from 'vitest';
import { timesTellAt, timesTellOf, timesTellOn } from '#dist/run/fs/file-system.js';

it('takes times for the whole truth only on ext4, xfs, btrfs and zfs', () => {
  for (const known of [0xef53, 0x58465342, 0x9123683e, 0x2fc12fc1, 0x9123683e | 0])
    expect(timesTellOn(known)).toBe(true);
  const others = {
    ...{ tmpfs: 0x01021994, fuse: 0x65735546, cifs: 0xff534d42, smb3: 0xfe534d42, nfs: 0x6969, exfat: 0x2011bab0 },
    ...{ ntfs: 0x5346544e, ntfs3: 0x7366746e, overlay: 0x794c7630, vfat: 0x4d44, f2fs: 0xf2f52010, apfs: 0x1a },
  };
  for (const magic of [...Object.values(others), 0, 0x1234]) expect(timesTellOn(magic)).toBe(false);
});

it('takes what cannot be asked for a file system whose times do not tell', async () => {
  expect(await timesTellAt('/nowhere/at/all')).toBe(false);
  expect(timesTellOf(99_999)).toBe(false);
});
