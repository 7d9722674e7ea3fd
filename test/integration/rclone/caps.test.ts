import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { TransferProgress } from '#dist/transports/transport.js';
import { differences, Lab, noise } from '../../support/lab.js';
import { remoteOf } from './remotes.js';
import { pushOf } from './requests.js';

const MIB = 1024 * 1024;

it('holds a cap, and takes up another one while it runs, in the same process', async () => {
  const lab = new Lab();
  const remote = await remoteOf('local', lab);
  const run = await lab.makeRun({ 'a.bin': noise(12 * MIB) });
  const began = performance.now();
  const seen: number[] = [];
  let cap: number | null = 512;

  const pushing = remote
    .transport()
    .push(await pushOf(run, { capKiBps: () => cap, onProgress: ({ bytes }) => seen.push(bytes) }));
  await sleep(4000);
  expect(Math.max(...seen)).toBeLessThan(4 * MIB);
  cap = null;
  const { tools } = await pushing;

  expect(performance.now() - began).toBeLessThan(12_000);
  expect(tools.filter(({ command }) => command.startsWith('rclone copy'))).toHaveLength(1);
  expect(await differences(run, join(remote.disk, 'Run_1'))).toContain('.exlab-wizard');
});

it('takes up a cap that begins while it runs', async () => {
  const lab = new Lab();
  const remote = await remoteOf('local', lab);
  const run = await lab.makeRun({ 'a.bin': noise(24 * MIB) });
  let cap = 4096;
  const began = performance.now();
  const pushing = remote.transport().push(await pushOf(run, { capKiBps: () => cap }));
  await sleep(2000);
  cap = 2048;
  await pushing;

  expect(performance.now() - began).toBeGreaterThan(8000);
});

it('tells how far it is, and in which file', async () => {
  const lab = new Lab();
  const remote = await remoteOf('sftp', lab);
  const run = await lab.makeRun({ 'sub/a file.bin': noise(4 * MIB) });
  const seen: TransferProgress[] = [];

  await remote
    .transport()
    .push(await pushOf(run, { capKiBps: () => 1024, onProgress: (progress) => seen.push(progress) }));

  expect(seen.some(({ bytes, currentFile }) => bytes > 0 && bytes < 4 * MIB && currentFile === 'sub/a file.bin')).toBe(
    true,
  );
  expect(seen.at(-1)).toMatchObject({ bytes: 4 * MIB, files: 1 });
});
