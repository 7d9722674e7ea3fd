import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { listing } from '../../support/lab.js';
import { failing, LettingGo } from '../cleanup/cleanup-lab.js';
import { itMounts } from '../mount/mounts.js';
import { DISKS, fillUp } from './full-disk.js';

const TREE = {
  'a.txt': 'a',
  'sub/b.bin': new Uint8Array(9000).fill(1),
  'sub/deep/c.bin': new Uint8Array(5000).fill(2),
  'sub/deep/deeper/d.bin': 'd',
  'empty/': '',
};
const RECORD = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];

describe.each(Object.entries(DISKS))('the disk of the run is full: %s', (_, { mount, fill }) => {
  const full = async (policy: object = {}) => {
    const scene = await LettingGo.proven({ tree: TREE, policy, mounts: (lab) => mount(lab, lab.local) });
    fill(scene.lab.local);
    return scene;
  };

  itMounts('clean deletes the run', async () => {
    const scene = await full();
    const { result, job } = await scene.clean();
    expect(failing(result)).toEqual([]);
    expect(result).toMatchObject({ deleted: true, files: 4 });
    expect(job.state).toBe('cleaned');
    expect(listing(scene.run)).toEqual(RECORD);
  });

  itMounts('so does a process that deletes by itself', async () => {
    const scene = await full({ retainCache: false });
    expect(await scene.reap()).toMatchObject({ state: 'cleaned' });
    expect(existsSync(scene.run)).toBe(false);
  });
});

itMounts('a run of a full disk is proven, with its manifest on the NAS alone, and then deleted', async () => {
  const { mount, fill } = DISKS['ext4 without a free block'];
  const scene = await LettingGo.proven({
    tree: TREE,
    mounts: (lab) => mount(lab, lab.local),
    prepare: (_, lab) => fill(lab.local),
  });
  expect(existsSync(scene.onNas('.exlab-wizard/checksums.sha256'))).toBe(true);
  expect(existsSync(scene.at('.exlab-wizard/checksums.sha256'))).toBe(false);
  const { job } = await scene.clean();
  expect(job.state).toBe('cleaned');
});

describe('a disk that has no room for the trash', () => {
  const full = async (trashHours: number) => {
    const { mount, fill } = DISKS['ext4 without a free block'];
    const scene = await LettingGo.proven({
      tree: TREE,
      policy: { trashHours },
      mounts: (lab) => mount(lab, lab.local),
    });
    fill(scene.lab.local);
    return scene;
  };

  itMounts('lets the files wait as long at their own place, says so, and deletes them then', async () => {
    const scene = await full(24);
    const before = listing(scene.run);
    const { result } = await scene.clean();
    expect(result).toMatchObject({
      deleted: false,
      refused: [{ reason: 'the disk has no room for the trash: its files wait at their own place' }],
    });
    expect(listing(scene.run)).toEqual(before);

    await scene.clock.advance(23 * 3_600_000);
    expect(await scene.reap()).toMatchObject({
      state: 'cleanup_eligible',
      waitingFor: [{ name: 'trash', measured: expect.stringContaining('at their own place') }],
    });
    expect(listing(scene.run)).toEqual(before);

    await scene.clock.advance(2 * 3_600_000);
    expect(await scene.reap()).toMatchObject({ state: 'cleaned' });
    expect(listing(scene.run)).toEqual(RECORD);
  });

  itMounts('for some of the files gives those back that had found some', async () => {
    const names = Array.from({ length: 400 }, (_, index) => `images/${'a long name '.repeat(14)}${index}.tif`);
    const tree = Object.fromEntries(names.map((name) => [name, name]));
    const { mount } = DISKS['ext4 without a free block'];
    const scene = await LettingGo.proven({
      tree,
      policy: { trashHours: 24 },
      mounts: (lab) => mount(lab, lab.local),
    });
    const spare = join(scene.lab.local, 'spare');
    writeFileSync(spare, Buffer.alloc(20 * 1024, 1));
    fillUp(scene.lab.local);
    rmSync(spare);
    const before = listing(scene.run);
    const { result, journal } = await scene.clean();
    expect(result.refused).toMatchObject([{ reason: expect.stringContaining('no room for the trash') }]);
    expect(journal).toContain('cleanup.trashed');
    expect(listing(scene.run)).toEqual(before);
    expect(readdirSync(join(scene.run, 'images'))).toHaveLength(names.length);
  });
});
