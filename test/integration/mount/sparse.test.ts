import { closeSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { Lab, noise, sha256sumCheck } from '../../support/lab.js';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

it('brings a sparse file of 6 GiB as a sparse one, in flat memory', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({});
  const fd = openSync(join(run, 'huge.raw'), 'w');
  ftruncateSync(fd, 6 * GIB);
  writeSync(fd, noise(3 * MIB), 0, undefined, 3 * GIB + 12_345);
  writeSync(fd, noise(10, 2), 0, undefined, 6 * GIB - 10);
  closeSync(fd);
  const watch = watchMemory();

  const job = await lab.sync(run);
  const grown = watch.end();

  expect(job).toMatchObject({ state: 'verified', files: 1, bytes: 6 * GIB });
  const there = statSync(lab.onNas(run, 'huge.raw'));
  expect(there.size).toBe(6 * GIB);
  expect(there.blocks * 512).toBeLessThan(16 * MIB);
  expect(grown).toBeLessThan(400 * MIB);
  await sha256sumCheck(lab.onNas(run));
});

it('keeps the length of a file that is one hole', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({});
  const fd = openSync(join(run, 'hole'), 'w');
  ftruncateSync(fd, 5 * MIB + 1);
  closeSync(fd);

  await lab.sync(run);

  expect(statSync(lab.onNas(run, 'hole'))).toMatchObject({ size: 5 * MIB + 1, blocks: 0 });
  await sha256sumCheck(lab.onNas(run));
});

/** By how much the process, its threads included, grew at most. */
function watchMemory() {
  const before = process.memoryUsage.rss();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 20);
  return {
    end: () => {
      clearInterval(timer);
      return most - before;
    },
  };
}
