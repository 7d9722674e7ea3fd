import { appendFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, it } from 'vitest';
import { differences, Lab, listing, noise, sha256sumCheck } from '../../support/lab.js';

const TREE = { 'a.bin': noise(5000), 'b.bin': noise(70_000, 2), 'sub/c.bin': noise(300, 3), 'sub/empty': '' };

/** A client that knows nothing of what was pushed: its queue database is a new one. */
const forgetful = (lab: Lab, name = 'another.db') => lab.open({ database: lab.at(name) });

it('answers at once for a run that is verified already', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  const journal = await lab.events(run);

  const handle = await lab.client.enqueue(run);
  await lab.client.idle();

  expect(handle.state).toBe('verified');
  expect(await lab.events(run)).toEqual(journal);
});

it('copies nothing a second time, even where the queue was lost', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  const before = inodes(lab.onNas(run));

  const second = forgetful(lab);
  expect(await lab.sync(run, second)).toMatchObject({ state: 'verified', files: 4 });

  expect(await lab.copied(run, second)).toEqual([0]);
  expect(inodes(lab.onNas(run))).toEqual(before);
});

it('changes nothing but the seal on the NAS where everything is in place', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({});
  for (let file = 0; file < 20; file += 1) {
    writeFileSync(join(run, `${file}.txt`), 'x');
    await execa('touch', ['-d', `@1100000009.${599_991 + file}`, join(run, `${file}.txt`)]);
  }
  await lab.sync(run);
  const before = changeTimes(lab.onNas(run));

  await lab.sync(run, forgetful(lab));

  expect(changeTimes(lab.onNas(run))).toEqual(before);
});

it('copies only the file whose content differs', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  appendFileSync(join(run, 'b.bin'), 'more');

  await lab.sync(run);

  expect(await lab.copied(run)).toEqual([4, 1]);
  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
});

it('sees a different content behind the same size and time', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const { atimeMs, mtimeMs } = statSync(join(run, 'a.bin'));
  await lab.sync(run);
  writeFileSync(join(run, 'a.bin'), noise(5000, 99));
  utimesSync(join(run, 'a.bin'), atimeMs / 1000, mtimeMs / 1000);

  await lab.sync(run);

  expect(await lab.copied(run)).toEqual([4, 1]);
  expect(await differences(run, lab.onNas(run))).toBe('');
});

it('brings a new time to the NAS without sending the content again', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.sync(run);
  utimesSync(join(run, 'b.bin'), 1_234_567_890, 1_234_567_890);

  const job = await lab.sync(run);

  expect(job.state).toBe('verified');
  expect(await lab.copied(run)).toEqual([4, 0]);
  expect(statSync(lab.onNas(run, 'b.bin')).mtimeMs).toBe(1_234_567_890_000);
});

const inodes = (folder: string): Record<string, bigint> => each(folder, (stats) => stats.ino);
const changeTimes = (folder: string): Record<string, bigint> => each(folder, (stats) => stats.ctimeNs);

function each(folder: string, look: (stats: { ino: bigint; ctimeNs: bigint }) => bigint): Record<string, bigint> {
  // The record there says which queue sealed the copy.
  const files = listing(folder).filter((path) => !path.endsWith('/') && !path.endsWith('creation.json'));
  return Object.fromEntries(files.map((path) => [path, look(statSync(join(folder, path), { bigint: true }))]));
}
