import { lstatSync, readFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect } from 'vitest';
import type { Lab } from '../../support/lab.js';
import { itMounts, mirror, mount, mountExt4, mountTmpfs } from '../mount/mounts.js';
import { failing, LettingGo, type ProvenOptions } from './cleanup-lab.js';

const TREE = { 'a.bin': Buffer.alloc(8192), 'b.txt': 'the content of b' };

/** Stores into a page that it holds mapped and that is dirty already, and ends when it is told to. */
const MAPPED_WRITER = `
import mmap, sys
f = open(sys.argv[1], 'r+b')
m = mmap.mmap(f.fileno(), 0)
m[0:8] = b'version1'
print('ready', flush=True)
sys.stdin.readline()
m[0:8] = b'version2'
m.close()
f.close()
`;

const identity = (path: string) => {
  const { size, mtimeNs, ctimeNs, dev, ino } = lstatSync(path, { bigint: true });
  return { size, mtimeNs, ctimeNs, dev, ino };
};

/** A run that is proven while a program has `file` mapped, which then stores once more and ends. */
async function writtenBehindItsTimes(file: (lab: Lab) => string, options: ProvenOptions): Promise<LettingGo> {
  let end = (): Promise<unknown> => Promise.resolve();
  const scene = await LettingGo.proven({
    tree: TREE,
    ...options,
    prepare: async (_, lab) => {
      const writer = execa('python3', ['-c', MAPPED_WRITER, file(lab)], { reject: false });
      lab.atEnd(async () => writer.kill('SIGKILL'));
      await writer[Symbol.asyncIterator]().next();
      end = () => {
        writer.stdin.end('\n');
        return writer;
      };
    },
  });
  const before = identity(scene.at('a.bin'));
  await end();
  expect(readFileSync(scene.at('a.bin'), 'latin1').slice(0, 8)).toBe('version2');
  expect(identity(scene.at('a.bin'))).toEqual(before);
  return scene;
}

const measuredOf = (result: { interlocks: readonly { name: string; measured: string }[] }): string =>
  result.interlocks.find(({ name }) => name === 'source_unchanged')!.measured;

const overlay = async (lab: Lab): Promise<void> => {
  const disk = await mountTmpfs(lab, lab.at('disk'), '8m');
  for (const name of ['lower', 'upper', 'work']) mkdirSync(join(disk, name));
  const layers = `lowerdir=${disk}/lower,upperdir=${disk}/upper,workdir=${disk}/work`;
  await mount(lab, lab.local, '-t', 'overlay', '-o', layers, 'nas-sync-test');
};

const bindfs = async (lab: Lab): Promise<void> => {
  const disk = await mountTmpfs(lab, lab.at('disk'), '8m');
  await mirror(lab, disk, lab.local);
};

itMounts.each<[string, (lab: Lab) => Promise<unknown>, (lab: Lab) => string]>([
  ['tmpfs', (lab) => mountTmpfs(lab, lab.local, '8m'), (lab) => join(lab.local, 'Run_1/a.bin')],
  ['a FUSE mount of tmpfs', bindfs, (lab) => lab.at('disk/Run_1/a.bin')],
  ['an overlay on tmpfs', overlay, (lab) => join(lab.local, 'Run_1/a.bin')],
])(
  'on %s a file that was written to without moving any time keeps its run, and can be synced',
  async (_, mounts, at) => {
    const scene = await writtenBehindItsTimes(at, { mounts });
    const { result } = await scene.clean();
    expect(result.deleted).toBe(false);
    expect(failing(result).filter((name) => !name.startsWith('target_'))).toEqual(['source_unchanged']);
    expect(measuredOf(result)).toBe('a.bin: its content is not the proven one');
    expect(readFileSync(scene.at('a.bin'), 'latin1').slice(0, 8)).toBe('version2');

    await scene.pass();
    expect(readFileSync(scene.onNas('a.bin'), 'latin1').slice(0, 8)).toBe('version2');
    expect((await scene.clean()).result.deleted).toBe(true);
  },
);

itMounts('source_unchanged says by what each file was told: by its content where times do not tell', async () => {
  const scene = await LettingGo.proven({ tree: TREE, mounts: (lab) => mountTmpfs(lab, lab.local, '8m') });
  await scene.asking(async (client) => {
    const { deletion } = await client.explain(scene.run);
    expect(measuredOf(deletion)).toMatch(/: 2 to be read again before the first file goes$/u);
    expect(measuredOf(await client.clean(scene.run, { dryRun: true }))).toMatch(/: 2 by content, read again$/u);
  });
});

itMounts(
  'source_unchanged says by what each file was told: by times and place on ext4, and not on a disk inside',
  async () => {
    const scene = await LettingGo.proven({
      tree: { ...TREE, 'inside/c.txt': 'c' },
      mounts: async (lab) => {
        await mountExt4(lab, lab.local);
        await mountTmpfs(lab, join(lab.local, 'Run_1/inside'), '1m');
      },
    });
    await scene.asking(async (client) => {
      const { interlocks } = await client.clean(scene.run, { dryRun: true });
      expect(measuredOf({ interlocks })).toMatch(/: 2 by size, times and inode .*, 1 by content, read again$/u);
    });
  },
);
