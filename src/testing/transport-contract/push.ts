import assert from 'node:assert/strict';
import { chmod, lstat, rm, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { TransferProgress } from '../../transports/transport.js';
import { add, replaceByFolder, requireFetched, requireOnDisk } from './damage.js';
import { sha256Hex } from './digests.js';
import { PLACE, type Bench, type Proofs } from './fixture.js';
import { flipped, noise, rejection } from './tools.js';

/** What every part of the contract begins with: files of several sizes, some of them empty, and folders in folders. */
export async function makeTree(bench: Bench): Promise<readonly string[]> {
  await bench.write('image 1.tif', noise(300_000));
  await bench.write('empty.txt', '');
  await bench.write('series/plane 1/a.tif', noise(20_000, 2));
  await bench.write('series/plane 1/b.tif', noise(1, 3));
  await bench.write('acquire.sh', '#!/bin/sh\n');
  await chmod(join(bench.run, 'acquire.sh'), 0o755);
  if (bench.target.keepsEmptyFolders !== false) await bench.folder('empty folder');
  return (await bench.files()).map((file) => file.path);
}

/** Bringing a run to its place. */
export const PUSH: Proofs = {
  'a tree arrives as it is: files, empty ones, folders': async (bench) => {
    const paths = await makeTree(bench);
    const pushed = await bench.push();
    assert.equal(pushed.copiedFiles, paths.length);
    await bench.requireSame();
    await requireOnDisk(bench, paths);
    await bench.fetch(paths);
    await requireFetched(bench, paths);
  },

  'a second push sends nothing': async (bench) => {
    await makeTree(bench);
    await bench.push();
    const { copiedFiles, copiedBytes } = await bench.push();
    assert.deepEqual({ copiedFiles, copiedBytes }, { copiedFiles: 0, copiedBytes: 0 });
  },

  'a file that has changed is sent, and no other': async (bench) => {
    await makeTree(bench);
    await bench.push();
    await bench.write('series/plane 1/a.tif', noise(30_000, 7));
    const { copiedFiles, copiedBytes } = await bench.push();
    assert.deepEqual({ copiedFiles, copiedBytes }, { copiedFiles: 1, copiedBytes: 30_000 });
    await bench.requireSame();
  },

  'a file of the same size and time but with other content is sent': async (bench) => {
    const [file, time] = [join(bench.run, 'image.tif'), new Date('2026-01-02T03:04:05Z')];
    await bench.write('image.tif', noise(50_000));
    await utimes(file, time, time);
    await bench.push();
    await bench.write('image.tif', flipped(noise(50_000)));
    await utimes(file, time, time);
    assert.equal((await bench.push()).copiedFiles, 1);
    await bench.requireSame();
  },

  'what is told of the files that were read is their SHA-256': async (bench) => {
    if (!bench.transport.reportsDigests) return;
    const paths = await makeTree(bench);
    const told = new Map<string, string>();
    await bench.push({ onDigests: (digests) => digests.forEach(({ file, sha256 }) => told.set(file.path, sha256)) });
    assert.deepEqual([...told.keys()].sort(), [...paths].sort());
    assert.equal(told.get('image 1.tif'), sha256Hex(noise(300_000)));
  },

  'a link arrives as a link, where the target can hold one': async (bench) => {
    if (!bench.transport.keepsLinks) return;
    await bench.write('series/a.tif', 'pixels');
    await bench.link('latest.tif', 'series/a.tif');
    await bench.push();
    await bench.requireSame();
    assert.deepEqual(
      (await bench.hash()).links.map(({ path, linkTo }) => ({ path, linkTo })),
      [{ path: 'latest.tif', linkTo: 'series/a.tif' }],
    );
  },

  'two runs whose own folders have the same name arrive in two places': async (bench) => {
    const second = 'SCOPE/2027/Run 1';
    await bench.write('a.txt', 'of the first');
    await bench.push();
    await bench.write('a.txt', 'of the second');
    await bench.push({ target: second });
    await bench.requireSame({ target: second });
    await bench.write('a.txt', 'of the first');
    await bench.requireSame();
  },

  'a push removes nothing from the target': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    await add(bench, 'left behind.txt');
    await bench.push();
    await bench.requireDifference({ extra: ['left behind.txt'] });
  },

  'a folder in the place of a file is a conflict, and stays': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.push();
    if (!(await replaceByFolder(bench, 'a.txt'))) return;
    assert.equal((await rejection(bench.push())).code, 'target_conflict');
    await lstat(bench.onServer('a.txt', 'inside') ?? '');
  },

  'tidying up removes nothing of the run': async (bench) => {
    await makeTree(bench);
    await bench.push();
    await bench.transport.tidyUp(PLACE, bench.signal);
    await bench.requireSame();
  },

  'tidying up a place that does not exist is no failure': async ({ transport, signal }) => {
    await transport.tidyUp('SCOPE/never pushed', signal);
  },

  'progress never goes backwards, and ends at the whole run': async (bench) => {
    await makeTree(bench);
    await requireProgress(bench);
  },

  'progress of a push that finds all in place ends at the whole run, too': async (bench) => {
    await makeTree(bench);
    await bench.push();
    await requireProgress(bench);
  },

  'it is told when something has arrived, and not where all was in place': async (bench) => {
    await makeTree(bench);
    let arrivals = 0;
    const onArrived = (): void => void (arrivals += 1);
    await bench.push({ onArrived });
    assert.ok(arrivals > 0, 'the first push has brought something');
    arrivals = 0;
    await bench.push({ onArrived });
    assert.equal(arrivals, 0, 'the second one has brought nothing');
  },

  'a push of nothing is no failure': async (bench) => {
    assert.equal((await bench.push()).copiedFiles, 0);
    assert.deepEqual((await bench.hash()).files, []);
  },

  'a file that is taken away before it is read is missed by name': async (bench) => {
    await bench.write('a.txt', 'a');
    await bench.write('gone.txt', 'gone');
    const entries = await bench.entries();
    await rm(join(bench.run, 'gone.txt'));
    const error = await rejection(bench.push({ entries }));
    assert.equal(error.code, 'local_file_vanished');
    assert.match(error.message, /gone\.txt/u);
  },
};

/** Where the configuration says `links: follow`. */
export const FOLLOWED: Proofs = {
  'a link that is followed arrives as the file that it leads to': async (bench) => {
    await bench.write('series/a.tif', 'pixels');
    await bench.link('latest.tif', 'series/a.tif');
    const entries = await bench.entries('follow');
    await bench.push({ entries });
    await bench.requireSame({ entries });
  },
};

async function requireProgress(bench: Bench): Promise<void> {
  const files = await bench.files();
  const steps: TransferProgress[] = [];
  await bench.push({ onProgress: (progress) => steps.push({ ...progress }) });
  const { length } = steps.filter(({ bytes, files: done }, at) => {
    const before = steps[at - 1] ?? { bytes: 0, files: 0 };
    return bytes < before.bytes || done < before.files;
  });
  assert.equal(length, 0, 'it never goes backwards');
  const { bytes, files: done } = steps.at(-1) ?? { bytes: 0, files: 0 };
  const total = files.reduce((sum, file) => sum + file.identity.size, 0);
  assert.deepEqual({ bytes, files: done }, { bytes: total, files: files.length });
}
