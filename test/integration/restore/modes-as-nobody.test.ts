import { chmodSync } from 'node:fs';
import { execa } from 'execa';
import { expect } from 'vitest';
import { itAsNobody, LockedRun } from '../cleanup/locked-run.js';
import { asRestored, setModesAndTimes, metadataOf, emptyAnyway, modesOf, MODES, openAll, TREE } from './modes-lab.js';

/** Files only. */
const { 'empty/': _, ...FILES } = TREE;
const { empty: __, ...FILE_MODES } = MODES;

/** A run of an ordinary account, which the umask would let nobody else into. */
async function emptied() {
  let was: Record<string, string> = {};
  const locked = await LockedRun.proven({
    tree: FILES as Record<string, string>,
    prepare: (run) => {
      setModesAndTimes(run, FILE_MODES);
      was = asRestored(metadataOf(run));
    },
  });
  openAll(locked.lab.nas);
  emptyAnyway(locked.run);
  return { locked, was };
}

itAsNobody(
  'an ordinary account gets files and folders back with their modes and times, also into folders that are locked',
  async () => {
    const { locked, was } = await emptied();

    expect(await locked.cli('restore', locked.run)).toMatchObject({ exitCode: 0 });

    expect(metadataOf(locked.run)).toEqual(was);
  },
);

itAsNobody('a file that is missing in a locked folder comes back there, and the folder is locked again', async () => {
  const { locked, was } = await emptied();
  await locked.cli('restore', locked.run);
  for (const path of ['locked/deep/a.txt', 'private/b.txt']) {
    const folder = locked.at(path.slice(0, path.lastIndexOf('/')));
    await execa('rm', ['-f', locked.at(path)]);
    expect(modesOf(locked.run)).toHaveProperty([folder.slice(locked.run.length + 1)]);
  }

  expect(await locked.cli('restore', locked.run)).toMatchObject({ exitCode: 0 });

  expect(metadataOf(locked.run)).toEqual(was);
});

itAsNobody('a folder that a person locked stays locked, and the restore says so', async () => {
  const { locked } = await emptied();
  await locked.cli('restore', locked.run);
  await execa('rm', ['-f', locked.at('plain/e.txt')]);
  chmodSync(locked.at('plain'), 0o555);

  expect(await locked.cli('restore', locked.run)).not.toMatchObject({ exitCode: 0 });

  expect(modesOf(locked.run)).toMatchObject({ plain: '0555' });
});
