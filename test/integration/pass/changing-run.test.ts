import { appendFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { differences, fill, Lab, noise, sha256sumCheck } from '../../support/lab.js';

const KIB = 1024;
/** Pushed in the order of their names, a quarter of a second each at the cap of 1 MiB/s. */
const TREE = { 'a.bin': noise(256 * KIB), 'b.bin': noise(256 * KIB, 2), 'c.bin': noise(256 * KIB, 3) };
const SLOWLY = { uploadMbps: 8 };

const WRITERS: Readonly<Record<string, (run: string) => void>> = {
  'a file that is still to be copied grows': (run) => appendFileSync(join(run, 'c.bin'), 'more'),
  'a file that was copied grows': (run) => appendFileSync(join(run, 'a.bin'), 'more'),
  'a file that was copied is written anew': (run) => writeFileSync(join(run, 'a.bin'), noise(256 * KIB, 7)),
  'a file comes': (run) => fill(run, { 'aa/late.bin': noise(KIB) }),
};

it.each(Object.entries(WRITERS))('waits for a run to rest when %s during the push', async (_, write) => {
  const lab = new Lab(SLOWLY);
  const run = await lab.makeRun(TREE);
  await lab.pushing(run, { bytes: 300 * KIB });
  write(run);

  const job = await lab.client.waitFor(run, 'verified');
  await lab.client.idle();

  expect(job).toMatchObject({ attempts: 0, lastError: null });
  const deferral = (await lab.client.history(run)).find(({ event }) => event === 'push.deferred');
  expect(deferral).toMatchObject({ to: 'queued', detail: { waitingFor: [{ name: 'run_at_rest', ok: false }] } });
  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
});

it('counts nothing however long a run is written to, and is verified once the writer rests', async () => {
  const lab = new Lab({ delays: ['30ms'] });
  const run = await lab.makeRun({ 'a.bin': noise(4 * KIB), 'growing.log': 'line\n' });
  const writer = setInterval(() => appendFileSync(join(run, 'growing.log'), 'line\n'), 1);
  const { jobId } = await lab.client.enqueue(run);
  await sleep(1500);
  const during = await lab.client.job(run);
  clearInterval(writer);

  const began = performance.now();
  const [job] = await lab.client.settled([jobId], { patient: true });
  await lab.client.idle();

  // The job's own timer wakes the scheduler, not its next heartbeat.
  expect(performance.now() - began).toBeLessThan(10_000);
  expect(during).toMatchObject({ attempts: 0, lastError: null });
  expect(during!.state).not.toBe('verified');
  expect(job).toMatchObject({ state: 'verified', attempts: 0, lastError: null });
  expect(await differences(run, lab.onNas(run))).toBe('');
});

const GOES = { 'before it was copied': ['c.bin', 1], 'after it was copied': ['a.bin', 300 * KIB] } as const;

it.each(Object.entries(GOES))(
  'waits for a run to rest when a file goes %s, and proves it without',
  async (_, [name, bytes]) => {
    const lab = new Lab(SLOWLY);
    const run = await lab.makeRun(TREE);
    await lab.pushing(run, { bytes });
    rmSync(join(run, name));

    const job = await lab.client.waitFor(run, 'verified');
    await lab.client.idle();

    expect(job).toMatchObject({ attempts: 0, lastError: null, files: 2 });
    expect(readdirSync(lab.onNas(run)).sort()).toEqual(readdirSync(run).sort());
    await sha256sumCheck(lab.onNas(run));
  },
);

it('fails when the whole run folder is gone', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.open({ drive: 'none' }).enqueue(run);
  await rm(run, { recursive: true });

  const job = await lab.client.waitFor(run, 'failed');

  expect(job.lastError).toMatchObject({ kind: 'local_file_vanished' });
  expect(job.lastError!.message).toContain(run);
});

it('fails when the whole run folder goes during the push, and is verified once it is back', async () => {
  const lab = new Lab(SLOWLY);
  const run = await lab.makeRun(TREE);
  await lab.pushing(run);
  const away = lab.at('away');
  await rename(run, away);

  expect((await lab.client.waitFor(run, 'failed')).lastError).toMatchObject({ kind: 'local_file_vanished' });
  await rename(away, run);
  await lab.client.retry(run);
  expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ lastError: null });
});
