import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, vi } from 'vitest';
import { differences, noise } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';
import { runningTools, toolsOf } from './tools.js';

const MIB = 1024 * 1024;
const LINUX = process.platform === 'linux';

it.runIf(LINUX)('closed in the middle of a push, nothing that was started is left', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(8 * MIB) });
  await lab.pushing(run);
  const atWork = toolsOf(process.pid).map(({ name }) => name);

  await lab.client.close({ deadline: 0 });

  expect(atWork).toEqual(expect.arrayContaining(['rsync', 'ssh']));
  expect(toolsOf(process.pid)).toEqual([]);
});

it.runIf(LINUX)('closed at rest, the connection is ended too', async () => {
  const lab = await RsyncLab.with('gnu');
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

  await lab.client.close();

  expect(toolsOf(process.pid)).toEqual([]);
});

it.runIf(LINUX)('a server that stalls is given up, and the program with it', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 8, delays: ['1h'], transport: { timeoutSeconds: 2 } });
  const run = await lab.makeRun({ 'a.bin': noise(8 * MIB) });
  await lab.pushing(run);

  lab.server.freeze();
  await vi.waitFor(async () => expect((await lab.client.job(run))!.state).toBe('queued'), 20_000);

  expect(toolsOf(process.pid).filter(({ name }) => name === 'rsync')).toEqual([]);
});

const PUSH = `
  const { NasSyncClient } = await import('nas-sync');
  const [config, database, run] = JSON.parse(process.env.ASKED);
  const client = new NasSyncClient({ config, database });
  await client.enqueue(run);
  setInterval(() => undefined, 1000);
`;

it.runIf(LINUX)('a verify on demand leaves the push of another process at work', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(16 * MIB) });
  const env = { ...process.env, ASKED: JSON.stringify([lab.configured(), lab.at('queue.db'), run]) };
  const child = spawn('node', ['--input-type=module', '--eval', PUSH], { env, stdio: 'ignore' });
  lab.atEnd(async () => child.kill('SIGKILL'));
  const rsyncs = () => toolsOf(child.pid!).filter(({ name }) => name === 'rsync');
  await vi.waitFor(() => expect(rsyncs()).not.toEqual([]), 20_000);
  const before = rsyncs();

  const seen = await lab.open({ config: lab.configured(), drive: 'none' }).forceVerify(run);

  expect(seen.ok).toBe(false);
  expect(rsyncs()).toEqual(before);
});

it.runIf(LINUX)('what a killed process left at work is ended before the next one begins', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(3 * MIB) });
  const env = { ...process.env, ASKED: JSON.stringify([lab.configured(), lab.at('queue.db'), run]) };
  const child = spawn('node', ['--input-type=module', '--eval', PUSH], { env, stdio: 'ignore' });
  const dead = child.pid!;
  await vi.waitFor(() => expect(toolsOf(dead).map(({ name }) => name)).toContain('rsync'), 20_000);
  // Its tools would end by themselves as soon as they write to the broken pipe: only a silent server keeps them.
  lab.server.freeze();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const left = toolsOf(dead).map(({ name }) => name);
  lab.server.thaw();

  const overlaps: unknown[] = [];
  const watch = new AbortController();
  const watching = (async () => {
    while (!watch.signal.aborted) {
      const owners = new Set(
        runningTools()
          .filter(({ name }) => name === 'rsync')
          .map(({ owner }) => owner),
      );
      if (owners.has(dead) && owners.has(process.pid)) overlaps.push([...owners]);
      await sleep(10);
    }
  })();
  await lab.client.waitFor(run, 'verified');
  watch.abort();
  await watching;

  expect(left).toEqual(expect.arrayContaining(['rsync', 'ssh']));
  expect(overlaps).toEqual([]);
  expect(toolsOf(dead)).toEqual([]);
  await lab.client.idle();
  expect(await differences(run, lab.onNas(run))).toBe('');
});
