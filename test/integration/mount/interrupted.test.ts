import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, fill, Lab, listing, noise } from '../../support/lab.js';

const KIB = 1024;
const FILES = 16;
/** A minute long under the cap of 32 KiB/s, unless something ends it. */
const TREE = Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`${at}.bin`, noise(128 * KIB, at + 1)]));
const SLOWLY = { uploadMbps: 0.25 };
const SOON_MS = 3000;

const filesOnNas = (lab: Lab, run: string): string[] => listing(lab.onNas(run)).filter((name) => name.endsWith('.bin'));

/** Whatever stands under a final name is whole, and nothing else is left. */
function expectOnlyWholeFiles(lab: Lab, run: string): void {
  expect(listing(lab.onNas(run, '.exlab-wizard'))).toEqual(['creation.json']);
  for (const path of filesOnNas(lab, run)) {
    expect(readFileSync(lab.onNas(run, path))).toEqual(readFileSync(join(run, path)));
  }
}

it('ends soon when the job is cancelled, and leaves no half file', async () => {
  const lab = new Lab(SLOWLY);
  const run = await lab.makeRun(TREE);
  await lab.pushing(run, { bytes: 8 * KIB });

  const began = performance.now();
  const job = await lab.client.cancel(run, { by: 'test', reason: 'wrong run' });
  await lab.client.idle();

  expect(performance.now() - began).toBeLessThan(SOON_MS);
  expect(job).toMatchObject({ state: 'failed', lastError: { kind: 'cancelled', message: 'wrong run' } });
  expect(await lab.client.status(run)).toBe('failed');
  expect((await lab.events(run)).at(-1)).toBe('cancelled');
  expectOnlyWholeFiles(lab, run);
  expect(filesOnNas(lab, run).length).toBeLessThan(FILES / 2);
});

it('shows a file under its name only once it is whole, and the old one until then', async () => {
  const lab = new Lab(SLOWLY);
  const run = await lab.makeRun(TREE);
  fill(lab.onNas(run), { '1.bin': 'old' });

  await lab.pushing(run, { bytes: 16 * KIB });

  expect(filesOnNas(lab, run)).toEqual(['1.bin']);
  expect(readFileSync(lab.onNas(run, '1.bin'), 'utf8')).toBe('old');
});

it('gives the job back when it is closed, with nothing counted, and another client ends it', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun(TREE);
  await lab.pushing(run, { bytes: 600 * KIB });

  const began = performance.now();
  await lab.client.close({ deadline: 0 });
  expect(performance.now() - began).toBeLessThan(SOON_MS);
  expectOnlyWholeFiles(lab, run);
  const asking = lab.open({ drive: 'none' });
  expect(await asking.job(run)).toMatchObject({ state: 'queued', attempts: 0, lastError: null, waitingFor: [] });

  const next = lab.open();
  const job = await next.waitFor(run, 'verified');
  await next.idle();

  expect(job).toMatchObject({ attempts: 0, lastError: null, verifyPasses: 1 });
  expect(await lab.events(run, next)).not.toContain('interrupted');
  expect(await differences(run, lab.onNas(run))).toBe('');
  const [copied] = await lab.copied(run, next);
  expect(copied).toBeLessThan(FILES - 2);
});

it('lets the work at hand end when it is closed with time to spare', async () => {
  const lab = new Lab({ uploadMbps: 32 });
  const run = await lab.makeRun(TREE);
  await lab.pushing(run);

  await lab.client.close({ deadline: 20_000 });

  const events = await lab.events(run, lab.open({ drive: 'none' }));
  expect(events.slice(0, 3)).toEqual(['enqueued', 'claimed', 'push.succeeded']);
});
