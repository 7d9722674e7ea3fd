import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { differences, listing, noise, sha256sumCheck } from '../../support/lab.js';
import { RsyncLab } from './rsync-lab.js';

const MIB = 1024 * 1024;
const CUTS = 10;
const BIG = { count: 6, bytes: 160 * MIB };
const SMALL = { count: 300, bytes: 200 * 1024 };
const TOTAL = BIG.count * BIG.bytes + SMALL.count * SMALL.bytes;
/** What may be on its way, or in a file that was not whole, when a connection is cut. */
const WASTE_A_CUT = 24 * MIB;

/** 1 GiB in which no block comes twice. */
function fillRun(run: string): void {
  const block = Buffer.from(noise(MIB));
  for (let at = 0; at < BIG.count; at += 1) {
    const file = openSync(join(run, `big ${at}.raw`), 'w');
    for (let written = 0; written < BIG.bytes; written += block.length) {
      for (let offset = 0; offset < block.length; offset += 512)
        block.writeUInt32LE((at * 1e6 + written / 512 + offset) >>> 0, offset);
      writeSync(file, block);
    }
    closeSync(file);
  }
}

it('a gibibyte over a connection that is cut ten times arrives, and nothing that was whole is sent again', async () => {
  const lab = await RsyncLab.with('gnu', { delays: Array.from({ length: 50 }, () => '20ms') });
  const small = Array.from(
    { length: SMALL.count },
    (_, at) => [`small/${at}.tif`, noise(SMALL.bytes, at + 7)] as const,
  );
  const run = await lab.makeRun(Object.fromEntries(small));
  fillRun(run);
  const relay = await lab.relay();
  const client = lab.open({ config: lab.configured({ port: relay.port }) });
  const { jobId } = await client.enqueue(run);

  let cuts = 0;
  const cutting = (async () => {
    for (let at = 1; cuts < CUTS; at += 1) {
      const next = (TOTAL * (at - Math.random())) / (CUTS + 1);
      while (relay.bytes < next) await sleep(10);
      await lab.server.cut();
      cuts += 1;
    }
  })();
  await client.waitFor(jobId, 'verified');
  await cutting;
  await client.idle();

  expect(cuts).toBe(CUTS);
  expect((await client.job(jobId))!.lastError).toBeNull();
  expect(relay.bytes).toBeLessThan(TOTAL + CUTS * WASTE_A_CUT);
  await sha256sumCheck(lab.onNas(run));
  expect(await differences(run, lab.onNas(run))).toBe('');
  expect(
    listing(lab.server.folder).filter((path) => path.includes('.nas-sync-partial') || /\/\.[^/]+\.\w{6}$/.test(path)),
  ).toEqual([]);
});
