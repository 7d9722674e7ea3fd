import { expect, it } from 'vitest';
import { differences, Lab } from '../../support/lab.js';
import { flipByte, TREE } from './damage.js';
import { SpoilingTransport } from './spoiling-transport.js';

it('fails on the second mismatch, names the file, and is verified by a retry once pushes arrive whole', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const transport = new SpoilingTransport(lab);
  transport.afterPush = () => flipByte(lab.onNas(run, 'b.bin'));
  const client = lab.open({ transport });

  const job = await lab.sync(run, client);

  expect(job).toMatchObject({ state: 'failed', attempts: 0, verifyPasses: 0, lastError: { kind: 'hash_mismatch' } });
  expect(job.lastError!.message).toContain('different: b.bin');
  const round = ['claimed', 'push.succeeded', 'claimed', 'verify.failed'];
  expect(await lab.events(run, client)).toEqual(['enqueued', ...round, ...round]);
  expect(await lab.copied(run, client)).toEqual([4, 1]);

  transport.afterPush = () => undefined;
  await client.retry(run);
  expect(await client.waitFor(run, 'verified')).toMatchObject({ lastError: null });
  await client.idle();
  expect(await differences(run, lab.onNas(run))).toBe('');
});
