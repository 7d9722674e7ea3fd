import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Clock, NasSyncClient } from 'nas-sync';
import { expect, it } from 'vitest';
import { EQUIPMENT, Lab, listing } from '../../support/lab.js';
import { itMounts, mountTmpfs } from './mounts.js';

const TOKEN = '.nas-sync-target.json';
const RUSH = 200;

/** Two hundred times as fast as the wall's: a lane asks its target again after a fraction of a second. */
function rushingClock(): Clock {
  const began = Date.now();
  return {
    now: () => began + (Date.now() - began) * RUSH,
    monotonic: () => performance.now() * RUSH,
    setTimer: (fire, delayMs) => {
      const timer = setTimeout(fire, delayMs / RUSH);
      return () => clearTimeout(timer);
    },
  };
}

/** A client whose lane has been closed for long enough to ask the target several times, in vain. */
async function waitingClient(lab: Lab, enqueued: (client: NasSyncClient) => Promise<unknown>): Promise<NasSyncClient> {
  const client = lab.open({ clock: rushingClock() });
  await enqueued(client);
  await sleep(1000);
  const [job] = await client.jobs({ states: ['queued', 'awaiting_verify'] });
  expect(job).toMatchObject({ attempts: 0, lastError: null, waitingFor: [{ name: 'target_reachable', ok: false }] });
  expect(client.live.getSnapshot().context.lanes[EQUIPMENT]).toMatchObject({ state: 'closed' });
  return client;
}

it('waits for a share that is not there, counts nothing, and goes on by itself', async () => {
  const lab = new Lab();
  rmSync(lab.nas, { recursive: true });
  const run = await lab.makeRun({ 'a.txt': 'a' });

  const client = await waitingClient(lab, (waiting) => waiting.enqueue(run));
  expect(existsSync(lab.nas)).toBe(false);
  mkdirSync(lab.nas);

  expect(await client.waitFor(run, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});

itMounts('writes nothing into the mount point of a share that is no longer mounted', async () => {
  const lab = new Lab();
  await mountTmpfs(lab, lab.nas, '8m');
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_1'));
  await execa('umount', [lab.nas]);

  const run = await lab.makeRun({ 'b.txt': 'b' }, 'Run_2');
  await waitingClient(lab, (client) => client.enqueue(run));

  expect(listing(lab.nas)).toEqual([]);
});

it('goes on by itself with a pass, once the share that it knows is back', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.sync(run);
  await rename(lab.nas, lab.at('away'));
  mkdirSync(lab.nas);

  const client = await waitingClient(lab, (waiting) => waiting.requestPass(run, 'test'));
  expect(listing(lab.nas)).toEqual([]);
  rmSync(lab.nas, { recursive: true });
  await rename(lab.at('away'), lab.nas);

  expect(await client.waitFor(run, 'verified')).toMatchObject({ verifyPasses: 2, attempts: 0 });
});

it('refuses another share in the place of the one it knows', async () => {
  const lab = new Lab();
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }, 'Run_1'));
  await rename(lab.nas, lab.at('away'));
  mkdirSync(lab.nas);
  writeFileSync(`${lab.nas}/${TOKEN}`, JSON.stringify({ token: 'that of another share' }));

  const job = await lab.sync(await lab.makeRun({ 'b.txt': 'b' }, 'Run_2'));

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'wrong_target' } });
  expect(job.lastError!.message).toContain('mount the right share');
  expect(listing(lab.nas)).toEqual([TOKEN]);
});

it('refuses a share whose token cannot be read, and leaves it as it is', async () => {
  const lab = new Lab();
  writeFileSync(`${lab.nas}/${TOKEN}`, '{"tok');

  const job = await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'wrong_target' } });
  expect(listing(lab.nas)).toEqual([TOKEN]);
});
