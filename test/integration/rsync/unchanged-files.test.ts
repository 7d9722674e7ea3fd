import { mkdirSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { differences, listing, noise } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const KIB = 1024;
const BIG = 256 * KIB;
const FOLDERS = ['sub', 'sub/deep', '#odd', '-n', 'two  spaces '];
const TREE = {
  'top.bin': noise(BIG, 99),
  ...Object.fromEntries(FOLDERS.map((folder, at) => [`${folder}/0.bin`, noise(BIG, at + 1)])),
};

/** What a file, folder or link is known by on the server's disk; a rename or a rewrite gives it another. */
const inodes = (folder: string): Map<string, bigint> => {
  const paths = listing(folder).filter((path) => !path.startsWith('.exlab-wizard') && !path.endsWith('@'));
  return new Map(paths.map((path) => [path, statSync(join(folder, path), { bigint: true }).ino]));
};

/** What happens to a proven run, and the names that may be written because of it. */
const CHANGES: readonly (readonly [string, (run: string) => void, readonly string[]])[] = [
  ['a new file in a folder', (run) => writeFileSync(join(run, 'sub/deep/new.txt'), 'new'), ['sub/deep/new.txt']],
  ['a new file at the top', (run) => writeFileSync(join(run, 'new.txt'), 'new'), ['new.txt']],
  ['a file that grew', (run) => writeFileSync(join(run, '#odd/0.bin'), noise(3 * KIB)), ['#odd/0.bin']],
  ['a new folder that is empty', (run) => mkdirSync(join(run, 'two  spaces /empty')), ['two  spaces /empty/']],
  [
    'a new file in a new folder',
    (run) => {
      mkdirSync(join(run, '-n/new'));
      writeFileSync(join(run, '-n/new/a.txt'), 'a');
    },
    ['-n/new/', '-n/new/a.txt'],
  ],
];

describe.each(FLAVOURS)('a push to a %s account on which the run was proven before', (flavour) => {
  it.each(flavour === 'gnu' ? CHANGES : CHANGES.slice(0, 1))(
    'after %s writes nothing but that',
    async (_, change, written) => {
      const lab = await RsyncLab.with(flavour);
      const run = await lab.makeRun(TREE);
      await lab.sync(run);
      await lab.client.close();
      const before = inodes(lab.onNas(run));
      change(run);
      const relay = await lab.relay();
      const client = lab.open({ config: lab.configured({ port: relay.port }) });

      expect(await lab.sync(run, client)).toMatchObject({ state: 'verified', lastError: null });

      const after = inodes(lab.onNas(run));
      const touched = [...after].filter(([path, inode]) => before.get(path) !== inode).map(([path]) => path);
      expect(touched).toEqual(written);
      expect(relay.bytes).toBeLessThan(BIG);
      expect(await differences(run, lab.onNas(run))).toBe('');
    },
  );
});

it('a link that changed makes a push write no file', async () => {
  const lab = await RsyncLab.with('gnu');
  const run = await lab.makeRun(TREE);
  symlinkSync('0.bin', join(run, 'sub/link'));
  await lab.sync(run);
  await lab.client.close();
  const before = inodes(lab.onNas(run));
  unlinkSync(join(run, 'sub/link'));
  symlinkSync('deep/0.bin', join(run, 'sub/link'));

  expect(await lab.sync(run, lab.open())).toMatchObject({ state: 'verified', lastError: null });

  expect(inodes(lab.onNas(run))).toEqual(before);
  expect(await differences(run, lab.onNas(run))).toBe('');
});
