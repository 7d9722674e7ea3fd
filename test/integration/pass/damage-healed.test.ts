import { readFileSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, fill, Lab, sha256sumCheck, unsealed } from '../../support/lab.js';
import { DAMAGES, flipByte, TREE } from './damage.js';

const PUSHED_AND_PROVEN = ['claimed', 'push.succeeded', 'claimed', 'verify.succeeded'];
const HEALED = ['pass.due', 'claimed', 'verify.failed', ...PUSHED_AND_PROVEN];

const healable = Object.entries(DAMAGES).filter(([, { heals }]) => heals !== null);

it.each(healable)('heals %s by one push of what is damaged, and counts the passes anew', async (_, damage) => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  symlinkSync('a.bin', join(run, 'to-a'));
  const { jobId } = await lab.sync(run);
  damage.does(lab.onNas(run));

  await lab.client.requestPass(run, 'test');
  const [job] = await lab.client.settled([jobId], { patient: true });

  expect(job).toMatchObject({ state: 'verified', attempts: 0, lastError: null, verifyPasses: 1 });
  expect(await lab.events(run)).toEqual(['enqueued', ...PUSHED_AND_PROVEN, ...HEALED]);
  expect(await lab.copied(run)).toEqual([4, damage.heals]);
  const failure = (await lab.client.history(run)).find(({ event }) => event === 'verify.failed');
  expect(failure).toMatchObject({ to: 'queued', detail: { error: { kind: 'hash_mismatch' } } });
  await lab.client.idle();
  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
});

it('finds damage between the push and the first pass, and heals it the same way', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const first = lab.open();
  const { jobId } = await first.enqueue(run);
  for await (const entry of first.watch()) {
    if (entry.event === 'push.succeeded') break;
  }
  flipByte(lab.onNas(run, 'b.bin'));

  const [job] = await first.settled([jobId], { patient: true });

  expect(job!.state).toBe('verified');
  expect(await differences(run, lab.onNas(run))).not.toContain('b.bin');
});

it('fails for a folder in the place of a file, names it, and leaves what it holds', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const { jobId } = await lab.sync(run);
  rmSync(lab.onNas(run, 'd.txt'));
  fill(lab.onNas(run), { 'd.txt/of somebody': 'x' });

  await lab.client.requestPass(run, 'test');
  const [job] = await lab.client.settled([jobId], { patient: true });

  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'target_conflict' } });
  expect(job!.lastError!.message).toContain('d.txt');
  expect(readFileSync(lab.onNas(run, 'd.txt/of somebody'), 'utf8')).toBe('x');
});

const SPOILED: Readonly<Record<string, (manifest: string, record: string) => void>> = {
  'a manifest that is gone': (manifest) => rmSync(manifest),
  'a manifest that was cut off': (manifest) => truncateSync(manifest, 100),
  'a manifest that is no text': (manifest) => writeFileSync(manifest, new Uint8Array([0, 255, 10])),
  'a record that says less': (_, record) =>
    writeFileSync(record, readFileSync(record, 'utf8').replace('synced', 'failed')),
};

it.each(Object.entries(SPOILED))('brings back %s on the NAS', async (_, spoil) => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const { jobId } = await lab.sync(run);
  const manifest = lab.onNas(run, '.exlab-wizard/checksums.sha256');
  const record = lab.onNas(run, '.exlab-wizard/creation.json');
  const whole = [readFileSync(manifest, 'utf8'), unsealed(record)];
  spoil(manifest, record);

  await lab.client.requestPass(run, 'test');
  const [job] = await lab.client.settled([jobId], { patient: true });

  expect(job).toMatchObject({ state: 'cleanup_eligible', lastError: null });
  expect([readFileSync(manifest, 'utf8'), unsealed(record)]).toEqual(whole);
});
