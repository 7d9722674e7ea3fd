import { mkdirSync } from 'node:fs';
import { execa } from 'execa';
import { describe, expect } from 'vitest';
import { itMounts, mountExt4Below } from '../mount/mounts.js';
import { LockedRun } from './locked-run.js';

const onExt4 = () => LockedRun.proven({ asRoot: true, mounts: ({ root, local }) => mountExt4Below(root, local) });

interface Case {
  readonly name: string;
  readonly flag: string;
  readonly path: string;
  readonly measured: string;
}

const CASES: Case[] = [
  { name: 'an immutable folder', flag: '+i', path: 'deep/er', measured: 'deep/er: it is immutable (chattr +i)' },
  { name: 'an immutable file', flag: '+i', path: 'deep/b.bin', measured: 'deep/b.bin: it is immutable (chattr +i)' },
  { name: 'the run folder itself, immutable', flag: '+i', path: '', measured: '.: it is immutable (chattr +i)' },
  {
    name: 'a folder that may only be appended to',
    flag: '+a',
    path: 'other',
    measured: 'other: it may only be appended to (chattr +a)',
  },
  {
    name: 'a file that may only be appended to',
    flag: '+a',
    path: 'a.txt',
    measured: 'a.txt: it may only be appended to (chattr +a)',
  },
  {
    name: 'an immutable record folder',
    flag: '+i',
    path: '.exlab-wizard',
    measured: '.exlab-wizard: it is immutable (chattr +i)',
  },
];

describe('what root may not delete either', () => {
  for (const { name, flag, path, measured } of CASES) {
    itMounts(
      `${name} is named before the first file goes, with the command after which the run is deleted`,
      async () => {
        const locked = await onExt4();
        await execa('chattr', [flag, locked.at(path)]);
        const { measured: said, fix } = await locked.heldBack();
        expect(said).toBe(measured);
        expect(fix).toBe(`\`sudo chattr ${flag.replace('+', '-')} '${locked.at(path)}'\``);
        await locked.follow(fix);
        await locked.expectDeleted();
      },
    );
  }

  itMounts('many immutable files are told in one command', async () => {
    const locked = await onExt4();
    await execa('chattr', ['-R', '+i', locked.at('deep'), locked.at('other')]);
    const { measured, fix } = await locked.heldBack();
    expect(measured).toContain(' more');
    expect(fix).toBe(`\`sudo chattr -R -i '${locked.run}'\``);
    await locked.follow(fix);
    await locked.expectDeleted();
  });

  itMounts(
    'a folder under a read-only bind mount is named, with the remount after which the run is deleted',
    async () => {
      const locked = await onExt4();
      const folder = locked.at('deep');
      await execa('mount', ['--bind', folder, folder]);
      await execa('mount', ['-o', 'remount,bind,ro', folder]);
      const { measured, fix } = await locked.heldBack();
      expect(measured).toContain('its file system is mounted read-only');
      expect(fix).toContain(`\`sudo mount -o remount,bind,rw '${folder}'\``);
      await execa('umount', [folder]);
      await locked.expectDeleted();
    },
  );

  itMounts('an immutable folder that holds nothing proven holds nothing back', async () => {
    const locked = await onExt4();
    mkdirSync(locked.at('.exlab-wizard/host'));
    await execa('chattr', ['+i', locked.at('.exlab-wizard/host')]);
    await locked.expectDeleted();
  });
});
