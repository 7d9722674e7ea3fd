import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PushRequest } from 'nas-sync';
import { walkRun } from '#dist/run/walk.js';
import { expect, it } from 'vitest';
import { differences, noise } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const MIB = 1024 * 1024;

async function pushRequest(run: string, rest: Partial<PushRequest>): Promise<PushRequest> {
  const signal = new AbortController().signal;
  const { entries } = await walkRun(run, { links: 'keep', signal });
  return {
    ...{ source: run, target: 'Run_1', entries, sha256Of: () => null, matches: () => null },
    ...{ readNow: () => Promise.resolve(), onDigests: () => undefined, onArrived: () => undefined },
    ...{ capKiBps: () => null, signal, onProgress: () => undefined },
    ...rest,
  };
}

it('the cap holds', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(2 * MIB) });
  const began = performance.now();

  await lab.sync(run);

  expect(performance.now() - began).toBeGreaterThan(1600);
});

it('a cap that changes while a file is sent counts from then on, and nothing is sent twice', async () => {
  const lab = await RsyncLab.with('gnu');
  const run = await lab.makeRun({ 'a.bin': noise(MIB, 2), 'big.bin': noise(12 * MIB) });
  mkdirSync(lab.onNas(run));
  const relay = await lab.relay();
  let cap: number | null = 2048;
  let bytes = 0;
  const began = performance.now();
  const transport = lab.transport({ port: relay.port });
  const pushing = transport.push(
    await pushRequest(run, { capKiBps: () => cap, onProgress: (progress) => (bytes = progress.bytes) }),
  );
  while (bytes < 4 * MIB) await sleep(20);
  cap = null;
  const changedAt = performance.now();

  const { copiedFiles } = await pushing;
  await transport.tidyUp('Run_1', new AbortController().signal);

  // At the old rate, what was left would have taken more than four seconds.
  expect(performance.now() - changedAt).toBeLessThan(3500);
  expect(changedAt - began).toBeGreaterThan(1500);
  expect(copiedFiles).toBe(2);
  expect(relay.bytes).toBeLessThan(15 * MIB);
  expect(await differences(run, lab.onNas(run))).toBe(`Only in ${run}/.exlab-wizard: creation.json`);
});

it.each(FLAVOURS)('on a server with a %s account the result is right after several changes', async (flavour) => {
  const lab = await RsyncLab.with(flavour);
  const run = await lab.makeRun({ 'a.bin': noise(3 * MIB, 2), 'b.bin': noise(3 * MIB, 3), 'same.bin': noise(100) });
  mkdirSync(lab.onNas(run));
  let cap = 1024;
  const change = setInterval(() => (cap = cap * 2), 1500);
  const transport = lab.transport();
  const { copiedFiles, copiedBytes } = await transport.push(await pushRequest(run, { capKiBps: () => cap }));
  clearInterval(change);
  await transport.tidyUp('Run_1', new AbortController().signal);

  expect({ copiedFiles, copiedBytes }).toEqual({ copiedFiles: 3, copiedBytes: 6 * MIB + 100 });
  expect(await differences(run, lab.onNas(run))).toBe(`Only in ${run}/.exlab-wizard: creation.json`);
});
