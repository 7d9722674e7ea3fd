import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { JobView, NasSyncClient } from 'nas-sync';
import { expect, it, vi } from 'vitest';
import { unlinkSync } from 'node:fs';
import { program } from '../../support/servers/programs.js';
import { rushingClock } from './clocks.js';
import { RsyncLab } from './rsync-lab.js';

/** A PATH of one folder, which holds these programs. */
function pathOf(lab: RsyncLab, ...names: string[]): string {
  const folder = lab.at('bin');
  mkdirSync(folder);
  for (const name of names) symlinkSync(program(name), join(folder, name));
  return folder;
}

/** The job, seen while it waits for a program; the lane looks again, and the job is at work for that moment. */
async function stopped(client: NasSyncClient, jobId: string): Promise<JobView> {
  return vi.waitFor(async () => {
    const job = await client.job(jobId);
    expect(job).toMatchObject({ waitingFor: [{ name: 'tool_installed' }] });
    return job!;
  }, 20_000);
}

it.each([
  ['ssh', 'rsync'],
  ['rsync', 'ssh'],
])('without %s here the lane waits for it, and goes on by itself', async (missing, present) => {
  const lab = await RsyncLab.with('gnu');
  const whole = program(missing);
  const bin = pathOf(lab, present);
  vi.stubEnv('PATH', bin);
  lab.atEnd(async () => vi.unstubAllEnvs());
  const client = lab.open({ clock: rushingClock() });
  const { jobId } = await client.enqueue(await lab.makeRun({ 'a.txt': 'a' }));
  const waiting = await stopped(client, jobId);
  expect(waiting).toMatchObject({ state: 'queued', attempts: 0, lastError: null });
  expect(waiting.waitingFor[0]!.measured).toContain(`${missing} is not installed; install it`);

  symlinkSync(whole, join(bin, missing));
  expect(await client.waitFor(jobId, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});

it('without rsync on the server the lane waits for it, and goes on by itself', async () => {
  const lab = await RsyncLab.with('busybox');
  const rsync = join(lab.server.root, 'busybox/rsync');
  unlinkSync(rsync);
  const client = lab.open({ clock: rushingClock() });
  const { jobId } = await client.enqueue(await lab.makeRun({ 'a.txt': 'a' }));
  const waiting = await stopped(client, jobId);
  expect(waiting).toMatchObject({ state: 'queued', attempts: 0, lastError: null });
  expect(waiting.waitingFor[0]!.measured).toContain('rsync is not installed on the server; install it there');

  symlinkSync(program('rsync'), rsync);
  expect(await client.waitFor(jobId, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});
