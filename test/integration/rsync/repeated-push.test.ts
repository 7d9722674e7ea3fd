import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { differences, listing, noise } from '../../support/lab.js';
import { FLAVOURS, RsyncLab } from './rsync-lab.js';

const KIB = 1024;
const FILES = 12;
const TREE = Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`${at}.bin`, noise(64 * KIB, at + 1)]));

describe.each(FLAVOURS)('on a server with a %s account', (flavour) => {
  it('what is there already with equal content is not sent again', async () => {
    const lab = await RsyncLab.with(flavour);
    const run = await lab.makeRun({ ...TREE, 'odd\nname': 'o', 'sub/[a]?': 'p' });
    await lab.sync(run);
    const relay = await lab.relay();
    const again = lab.open({ database: lab.at('another.db'), config: lab.configured({ port: relay.port }) });

    expect((await lab.sync(run, again)).state).toBe('verified');

    expect(await lab.copied(run, again)).toEqual([0]);
    expect(relay.bytes).toBeLessThan(FILES * 64 * KIB);
  });
});

it('after an interrupted push only what is missing is sent', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 2 });
  const run = await lab.makeRun(TREE);
  await lab.pushing(run, { bytes: 300 * KIB });
  await lab.client.close({ deadline: 0 });
  const arrived = listing(lab.onNas(run)).filter((name) => /^\d+\.bin$/.test(name)).length;

  const relay = await lab.relay();
  const next = lab.open({ config: lab.configured({ port: relay.port, bandwidth: {} }) });
  await next.waitFor(run, 'verified');

  expect(arrived).toBeGreaterThan(2);
  expect(await lab.copied(run, next)).toEqual([FILES - arrived]);
  expect(relay.bytes).toBeLessThan((FILES - arrived + 1) * 64 * KIB);
  await next.idle();
  expect(await differences(run, lab.onNas(run))).toBe('');
});

it('a file stands under its name only once it is whole, and the old one until then', async () => {
  const lab = await RsyncLab.with('gnu', { uploadMbps: 0.5 });
  const run = await lab.makeRun({ 'a.bin': noise(512 * KIB) });
  await lab.pushing(run, { bytes: 32 * KIB });

  expect(listing(lab.onNas(run)).filter((name) => name.endsWith('a.bin'))).toEqual([]);

  await lab.client.close({ deadline: 0 });
  await sleep(200);
  expect(listing(lab.onNas(run)).filter((name) => !name.startsWith('.exlab-wizard'))).toEqual([]);
});
