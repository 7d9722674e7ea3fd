import { expect, it } from 'vitest';
import { Lab, noise } from '../../support/lab.js';

const MIB = 1024 * 1024;

it('holds the cap, whatever the number of files', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const files = Array.from({ length: 130 }, (_, at) => [`${at}.bin`, noise(16 * 1024, at + 1)] as const);
  const run = await lab.makeRun(Object.fromEntries(files));

  const began = performance.now();
  await lab.sync(run);

  expect(performance.now() - began).toBeGreaterThan(1600);
});

it('holds the cap inside one large file', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(2 * MIB) });

  const began = performance.now();
  await lab.sync(run);
  const tookMs = performance.now() - began;

  expect(tookMs).toBeGreaterThan(1600);
  expect(tookMs).toBeLessThan(6000);
});

it('is not slowed by a cap where nothing has to be sent', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'a.bin': noise(4 * MIB) });
  await lab.sync(run);

  const again = lab.open({ database: lab.at('another.db') });
  const began = performance.now();
  await lab.sync(run, again);

  expect(await lab.copied(run, again)).toEqual([0]);
  expect(performance.now() - began).toBeLessThan(3000);
});
