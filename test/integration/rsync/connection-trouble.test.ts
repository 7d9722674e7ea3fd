import { mkdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ConfigInput } from 'nas-sync';
import { expect, it, vi } from 'vitest';
import { differences, noise } from '../../support/lab.js';
import { rushingClock } from './clocks.js';
import { EQUIPMENT, RsyncLab } from './rsync-lab.js';

const MIB = 1024 * 1024;

it('a server that is down closes the lane and costs no attempt, and all goes on by itself once it is up', async () => {
  const lab = await RsyncLab.with('gnu');
  await lab.server.goDown();
  const client = lab.open({ clock: rushingClock() });
  const { jobId } = await client.enqueue(await lab.makeRun({ 'a.txt': 'a' }));
  await sleep(1500);

  const waiting = await client.job(jobId);
  expect(waiting).toMatchObject({
    attempts: 0,
    lastError: null,
    waitingFor: [{ name: 'target_reachable', ok: false }],
  });
  expect(waiting!.waitingFor[0]!.measured).toContain('Connection refused');
  expect(client.live.getSnapshot().context.lanes[EQUIPMENT]).toMatchObject({ state: 'closed' });

  await lab.server.comeUp();
  expect(await client.waitFor(jobId, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});

it('a connection that is cut in the middle of a push is the network, and the push goes on', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 80 });
  const run = await lab.makeRun({ 'a.bin': noise(6 * MIB), 'b.bin': noise(6 * MIB, 2) });
  await lab.pushing(run, { bytes: 2 * MIB });
  await lab.server.cut();

  const job = await lab.client.waitFor(run, 'verified');
  await lab.client.idle();

  expect(job.lastError).toBeNull();
  const [first] = (await lab.client.history(run)).filter(({ event }) => /^push\.(deferred|failed)$/.test(event));
  expect(JSON.stringify(first!.detail)).toContain('the connection to the server failed or was cut');
  expect(await differences(run, lab.onNas(run))).toBe('');
});

/** The lab's lane, and one to a folder of this machine beside it. */
function twoLanes(lab: RsyncLab, timeoutSeconds: number): ConfigInput {
  const config = lab.configured({ timeoutSeconds });
  const path = lab.at('share');
  const localRoot = lab.at('other');
  mkdirSync(path);
  const other = { id: 'OTHER', localRoot, transport: { type: 'mount' as const, path } };
  return { ...config, equipment: [...config.equipment, other], retry: { delays: ['1h'] } };
}

it('a server that stalls is noticed within the timeout, and the other lane does not wait for it', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 80 });
  const client = lab.open({ config: twoLanes(lab, 3) });
  const run = await lab.makeRun({ 'a.bin': noise(40 * MIB) });
  const quick = await lab.makeRun({ 'a.txt': 'a' }, '../other/Run_1');
  await lab.pushing(run, { client, bytes: MIB });

  lab.server.freeze();
  const frozeAt = performance.now();
  await client.enqueue(quick);
  await client.waitFor(quick, 'verified');

  expect(await client.job(run)).toMatchObject({ state: 'running' });
  expect(performance.now() - frozeAt).toBeLessThan(3000);
  await vi.waitFor(() => expect(client.live.getSnapshot().context.lanes[EQUIPMENT]?.state).toBe('closed'), 15_000);
  expect(await client.job(run)).toMatchObject({
    state: 'queued',
    attempts: 0,
    waitingFor: [{ name: 'target_reachable' }],
  });
  lab.server.thaw();
});
