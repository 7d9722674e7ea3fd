import { closeSync, openSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync, writeSync } from 'node:fs';
import type { Faults } from 'nas-sync';
import { expect, it } from 'vitest';
import { elsewhere } from './adversary.js';
import { LettingGo, lost, when, type Contents } from './cleanup-lab.js';

it('another file that takes the name of a proven one right before its unlink stays', async () => {
  const scene = await LettingGo.proven();
  let before: Contents = new Map();
  const faults = when('before', 'unlink', () => {
    writeFileSync(elsewhere(scene, 'other'), 'nobody proved this one');
    renameSync(elsewhere(scene, 'other'), scene.at('a.txt'));
    before = scene.contents();
  });
  await scene.clean({ faults });
  expect(lost(before, scene.contents())).toEqual([]);
});

it('a file that takes the name of a proven link right before its unlink stays', async () => {
  const scene = await LettingGo.proven({ prepare: (run) => symlinkSync('a.txt', `${run}/to-a`) });
  let before: Contents = new Map();
  const faults = when('before', 'unlink-link', () => {
    rmSync(scene.at('to-a'));
    writeFileSync(scene.at('to-a'), 'a file, no link');
    before = scene.contents();
  });
  await scene.clean({ faults });
  expect(lost(before, scene.contents())).toEqual([]);
});

it('a file that takes the name of a proven one right before it goes to the trash is kept there, and named', async () => {
  const scene = await LettingGo.proven({ policy: { trashHours: 1 } });
  let before: Contents = new Map();
  const faults = when('before', 'trash', () => {
    writeFileSync(elsewhere(scene, 'other'), 'nobody proved this one');
    renameSync(elsewhere(scene, 'other'), scene.at('a.txt'));
    before = scene.contents();
  });
  await scene.clean({ faults });
  await scene.clock.advance(2 * 3_600_000);
  const job = await scene.reap();
  expect(lost(before, scene.contents())).toEqual([]);
  expect(job.state).not.toBe('cleaned');
  expect(job.waitingFor.map(({ measured }) => measured).join()).toMatch(/a\.txt: it changed while it was looked at/u);
});

it('what a program that holds the file open writes in the moment of its deletion is put back', async () => {
  const scene = await LettingGo.proven();
  let open = 0;
  // After the last look for open writers.
  const opens = when('before', 'open', () => void (open = openSync(scene.at('a.txt'), 'a')));
  const writes = when('before', 'unlink', () => void writeSync(open, ' and more'));
  const faults: Faults = {
    at: async (moment, act) => {
      await opens.at(moment, act);
      await writes.at(moment, act);
    },
  };
  const { result } = await scene.clean({ faults });
  closeSync(open);
  expect(result.deleted).toBe(false);
  expect(readFileSync(scene.at('a.txt'), 'utf8')).toMatch(/ and more$/u);
  expect(result.refused).toMatchObject([
    { path: 'a.txt', reason: expect.stringContaining('is back as it was written') },
  ]);
});
