import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { differences, Lab, sha256sumCheck } from '../../support/lab.js';
import { itAsNobody, LockedRun } from '../cleanup/locked-run.js';
import {
  expectSetgidKept,
  lock,
  LOCKED_TREE,
  makeSetgid,
  MODES_OF_COPY,
  modesIn,
  octal,
  SETGID_TREE,
} from './locked-tree.js';

const asRoot = process.getuid?.() === 0;

it.runIf(asRoot)('the owner of the copies can read and write them, whatever mode the sources had', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(LOCKED_TREE);
  lock(run);

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

  expect(await differences(run, lab.onNas(run))).toBe('');
  expect(modesIn(lab.onNas(run))).toEqual(MODES_OF_COPY);
});

it.runIf(asRoot)('the folders of a share keep their group and their setgid bit, also those that are new', async () => {
  const lab = new Lab();
  makeSetgid(lab.nas, 0);
  const run = await lab.makeRun(SETGID_TREE);

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

  expectSetgidKept(lab.onNas(run));
});

it('a default ACL of the share narrows what is created below it', async () => {
  const lab = new Lab();
  await execa('setfacl', ['--default', '--modify', 'u::rwx,g::r-x,o::-', lab.nas]);
  const run = await lab.makeRun({ 'a/b.txt': 'b', 'open.txt': 'for all' });
  chmodSync(join(run, 'open.txt'), 0o666);

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

  expect(['a', 'a/b.txt', 'open.txt'].map((path) => octal(lab.onNas(run, path)))).toEqual(['750', '640', '640']);
});

it('a program that the run holds can still be executed on the NAS, also where its content was there before', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'acquire.sh': '#!/bin/sh\n' });
  await lab.sync(run);
  expect(octal(lab.onNas(run, 'acquire.sh'))).toBe('644');
  chmodSync(join(run, 'acquire.sh'), 0o755);

  expect(await lab.sync(run)).toMatchObject({ state: 'verified', lastError: null });

  expect(octal(lab.onNas(run, 'acquire.sh'))).toBe('755');
});

itAsNobody('a copy that was locked on the share is unlocked by the next push of an ordinary user', async () => {
  const locked = await LockedRun.proven({ tree: LOCKED_TREE });
  const { lab, run } = locked;
  const copy = join(lab.nas, 'day 1/Run_1');
  lock(copy);
  writeFileSync(join(run, 'no way in/later.txt'), 'later');
  writeFileSync(join(run, 'read-only folder/deeper/data.bin'), 'new content');

  const answer = await locked.cli('sync', run);

  expect(answer.stderr).not.toContain('fail');
  expect(answer.exitCode).toBe(0);
  expect(await differences(run, copy)).toBe('');
  await sha256sumCheck(copy);
  expect(octal(join(copy, 'shared'))).toBe('2775');
});
