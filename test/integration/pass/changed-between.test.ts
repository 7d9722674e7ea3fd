import { appendFileSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { differences, fill, Lab, sha256sumCheck } from '../../support/lab.js';
import { TREE } from './damage.js';
import { SpoilingTransport } from './spoiling-transport.js';

const ROUND = ['claimed', 'push.succeeded', 'claimed'];

const CHANGES: Readonly<Record<string, (run: string) => void>> = {
  'a file grew': (run) => appendFileSync(join(run, 'a.bin'), 'more'),
  'a file came': (run) => fill(run, { 'sub/late.txt': 'late' }),
  'a folder came': (run) => mkdirSync(join(run, 'late')),
  'a link came': (run) => symlinkSync('a.bin', join(run, 'late')),
};

it.each(Object.entries(CHANGES))('starts anew when %s while the NAS was read', async (_, change) => {
  const { lab, run, client, once } = await setUp('beforeHash');
  once(() => change(run));

  const job = await lab.sync(run, client);

  expect(job).toMatchObject({ state: 'verified', verifyPasses: 1, attempts: 0, lastError: null });
  expect(await lab.events(run, client)).toEqual(['enqueued', ...ROUND, 'run.changed', ...ROUND, 'verify.succeeded']);
  expect(await differences(run, lab.onNas(run))).toBe('');
  await sha256sumCheck(lab.onNas(run));
});

it.each(Object.entries(CHANGES))('does not call a run verified when %s after the push', async (_, change) => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const first = lab.open({ drive: 'none' });
  await first.enqueue(run);
  await pushOnly(lab, run);
  change(run);

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', attempts: 0, lastError: null });
  expect(await lab.copied(run)).toHaveLength(2);
  expect(await differences(run, lab.onNas(run))).toBe('');
});

it.each(Object.entries(CHANGES).slice(0, 2))(
  'takes a verified run up again when %s and it is enqueued',
  async (_, change) => {
    const lab = new Lab();
    const run = await lab.makeRun(TREE);
    await lab.sync(run);
    change(run);

    const job = await lab.sync(run);

    expect(job).toMatchObject({ state: 'verified', verifyPasses: 1 });
    expect(await lab.events(run)).toEqual([
      'enqueued',
      ...ROUND,
      'verify.succeeded',
      'run.changed',
      ...ROUND,
      'verify.succeeded',
    ]);
    expect(await differences(run, lab.onNas(run))).toBe('');
  },
);

it('pushes anew when a file went after the push, and proves the run without it', async () => {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  await lab.open({ drive: 'none' }).enqueue(run);
  await pushOnly(lab, run);
  rmSync(join(run, 'a.bin'));

  const job = await lab.sync(run);

  expect(job).toMatchObject({ state: 'verified', lastError: null });
  expect((await lab.client.explain(run)).removed).toMatchObject([{ path: 'a.bin' }]);
  const changed = (await lab.client.history(run)).find(({ event }) => event === 'run.changed');
  expect(changed!.detail['reason']).toContain('a.bin');
});

/** Leaves the run pushed and not yet compared: the engine is closed inside the read-back, and gives the job back. */
async function pushOnly(lab: Lab, run: string): Promise<void> {
  const transport = new SpoilingTransport(lab);
  const client = lab.open({ transport });
  const closed = new Promise<void>((resolve) => {
    transport.beforeHash = () => {
      resolve(client.close({ deadline: 0 }));
      throw new Error('closed meanwhile');
    };
  });
  await client.init();
  await closed;
  const { state } = (await lab.open({ drive: 'none' }).job(run))!;
  expect(state).toBe('awaiting_verify');
}

async function setUp(hook: 'beforeHash' | 'afterPush') {
  const lab = new Lab();
  const run = await lab.makeRun(TREE);
  const transport = new SpoilingTransport(lab);
  const once = (act: () => void): void => {
    transport[hook] = () => {
      transport[hook] = () => undefined;
      act();
    };
  };
  return { lab, run, client: lab.open({ transport }), once };
}
