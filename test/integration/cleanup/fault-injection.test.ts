import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { elsewhere, rewrite } from './adversary.js';
import { contentsBelow, LettingGo, lost, when, type Contents } from './cleanup-lab.js';

type Moment = readonly ['before' | 'after', Parameters<typeof when>[1], number?];

/** Changes the world at one moment, and tells what must still be somewhere afterwards. */
async function spoiled(scene: LettingGo, [moment, act, nth]: Moment, does: (scene: LettingGo) => void) {
  let before: Contents = new Map();
  const spoil = (): void => {
    does(scene);
    before = scene.contents();
  };
  const done = await scene.clean({ faults: when(moment, act, spoil, nth) });
  expect(before.size).toBeGreaterThan(0);
  return { ...done, lost: lost(before, scene.contents()) };
}

const told = ({ refused }: { refused: readonly { path: string; reason: string }[] }): string =>
  refused.map(({ path, reason }) => `${path}: ${reason}`).join('; ');

const BEFORE_OPEN = ['before', 'open'] as const;
const AFTER_OPEN = ['after', 'open'] as const;

it.each([
  ['before it is opened', BEFORE_OPEN],
  ['between its opening and its unlink', AFTER_OPEN],
])('a file that is appended to %s stays', async (_, moment) => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, moment, ({ run }) => appendFileSync(`${run}/a.txt`, ' and more'));
  expect(end.lost).toEqual([]);
  expect(end.result.deleted).toBe(false);
  expect(told(end.result)).toMatch(/^a\.txt: /u);
  expect(end.job.state).toBe('cleanup_eligible');
});

it.each([
  ['before it is opened', BEFORE_OPEN],
  ['between its opening and its unlink', AFTER_OPEN],
])('a file that is rewritten with the same size and mtime %s stays', async (_, moment) => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, moment, ({ run }) => rewrite(`${run}/a.txt`));
  expect(end.lost).toEqual([]);
  expect(told(end.result)).toMatch(/^a\.txt: its content/u);
});

it.each([
  ['before it is opened', BEFORE_OPEN],
  ['between its opening and its unlink', AFTER_OPEN],
])('another file under the name of a proven one %s stays', async (_, moment) => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, moment, ({ run }) => {
    writeFileSync(elsewhere(scene, 'other'), 'nobody proved this one');
    renameSync(elsewhere(scene, 'other'), `${run}/a.txt`);
  });
  expect(end.lost).toEqual([]);
  expect(end.result.deleted).toBe(false);
});

it('a file that is rewritten while it is hashed again stays', async () => {
  const scene = await LettingGo.proven({ prepare: () => undefined });
  renameSync(scene.at('a.txt'), elsewhere(scene, 'a'));
  renameSync(elsewhere(scene, 'a'), scene.at('a.txt'));
  const end = await spoiled(scene, ['after', 'hash'], ({ run }) => rewrite(`${run}/a.txt`));
  expect(end.lost).toEqual([]);
  expect(told(end.result)).toMatch(/^a\.txt: it changed while it was looked at/u);
});

it.each([2, 3])(
  'a folder swapped for a link at the opening of file %i: where it went nothing is deleted',
  async (nth) => {
    const scene = await LettingGo.proven();
    let moved: Contents = new Map();
    const end = await spoiled(scene, ['before', 'open', nth], ({ run }) => {
      renameSync(`${run}/deep`, elsewhere(scene, 'deep'));
      symlinkSync(elsewhere(scene, 'deep'), `${run}/deep`);
      moved = contentsBelow(scene.lab.at('elsewhere'));
    });
    expect(end.lost).toEqual([]);
    expect(end.result.deleted).toBe(false);
    expect(moved.size).toBeGreaterThan(0);
    expect([...contentsBelow(scene.lab.at('elsewhere'))].sort()).toEqual([...moved].sort());
  },
);

it('the run folder moved away in the middle: nothing more of it is deleted, and cleaned is not said', async () => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, ['before', 'open', 2], ({ run }) => renameSync(run, elsewhere(scene, 'run')));
  expect(end.result.deleted).toBe(false);
  expect(end.job.state).not.toBe('cleaned');
  expect(contentsBelow(elsewhere(scene, 'run')).size).toBe(4);
});

it('a file that appears while folders are removed stays, and its folders with it', async () => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, ['before', 'remove-folder'], ({ run }) => writeFileSync(`${run}/deep/new`, 'new'));
  expect(end.lost).toEqual([]);
  expect(told(end.result)).toMatch(/^deep\/new: no proof names it/u);
});

it('a file that appears at the top while the last folder is removed stays, and is named', async () => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, ['after', 'remove-folder', 3], ({ run }) => writeFileSync(`${run}/new`, 'new'));
  expect(end.lost).toEqual([]);
  expect(told(end.result)).toMatch(/^new: no proof names it/u);
});

it('a file that appears while the record is told to the NAS is not passed over', async () => {
  const scene = await LettingGo.proven();
  const end = await spoiled(scene, ['after', 'record-on-nas'], ({ run }) => writeFileSync(`${run}/new`, 'new'));
  expect(end.lost).toEqual([]);
  expect(end.result.deleted).toBe(false);
  expect(told(end.result)).toMatch(/^new: /u);
});

it('a run folder that is gone after a refusal was moved by somebody: cleaned is not said', async () => {
  const scene = await LettingGo.proven();
  await spoiled(scene, BEFORE_OPEN, ({ run }) => writeFileSync(`${run}/new`, 'new'));
  rmSync(scene.at('new'));
  writeFileSync(scene.at('later'), 'nobody proved this');
  renameSync(scene.run, elsewhere(scene, 'run'));
  mkdirSync(scene.lab.at('other'));

  await scene.clock.advance(25 * 3_600_000);
  const job = await scene.reap();

  expect(job.state).not.toBe('cleaned');
});
