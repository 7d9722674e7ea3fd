import { mkdirSync } from 'node:fs';
import { MemoryTransport } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { Lab } from '../../support/lab.js';
import { itMounts, mountTmpfs } from '../mount/mounts.js';
import { empty } from './local-copies.js';

it('a run that waits to be copied, or is being copied, is refused', async () => {
  const lab = new Lab();
  const transport = new MemoryTransport();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.open({ transport, drive: 'none' }).enqueue(run);
  const client = lab.open({ transport, drive: 'none' });
  await expect(client.restore(run)).rejects.toMatchObject({ code: 'job_busy' });

  const release = transport.hold('push');
  await lab.open({ transport }).init();
  await transport.reached('push');
  await expect(client.restore(run, { to: lab.at('back') })).rejects.toMatchObject({ code: 'job_busy' });
  release();
});

it('one that is being verified is refused', async () => {
  const lab = new Lab();
  const transport = new MemoryTransport();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  const release = transport.hold('hash');
  const client = lab.open({ transport });
  await client.enqueue(run);
  await transport.reached('hash');

  await expect(client.restore(run)).rejects.toMatchObject({ code: 'job_busy' });
  release();
});

it('one that failed is not: it is brought back to be tried again', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.txt': 'a' });
  await lab.sync(run);
  empty(run);
  await lab.client.requestPass(run, 'a test');
  await lab.client.settled([(await lab.client.job(run))!.jobId]);
  await lab.client.idle();
  expect(await lab.client.job(run)).toMatchObject({ state: 'failed', lastError: { kind: 'local_file_vanished' } });

  expect(await lab.client.restore(run)).toMatchObject({ restored: 1 });

  await lab.client.retry(run);
  expect(await lab.sync(run)).toMatchObject({ lastError: null, verifyPasses: 1 });
});

itMounts('too little room is said with both numbers, before a byte moves', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.bin': new Uint8Array(3_000_000), 'b.txt': 'b' });
  await lab.sync(run);
  empty(run);
  mkdirSync(lab.at('small'));
  await mountTmpfs(lab, lab.at('small'), '2m');

  const restoring = lab.client.restore(run, { to: lab.at('small/back') });

  await expect(restoring).rejects.toMatchObject({ code: 'not_allowed' });
  await expect(restoring).rejects.toThrow(/has room for 2097152 bytes, and 3000001 are to come/u);
  expect(await lab.client.restore(run, { to: lab.at('small/back'), files: ['b.txt'] })).toMatchObject({ restored: 1 });
});
