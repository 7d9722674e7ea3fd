import { expect, it } from 'vitest';
import { canMakeUndeletable, HOSTILE_ACTS, makeUndeletable } from './adversary.js';
import { failing, LettingGo, lost, when } from './cleanup-lab.js';

const harmful = Object.entries(HOSTILE_ACTS).filter(([, { told }]) => told !== undefined);
const harmless = Object.entries(HOSTILE_ACTS).filter(([, { told }]) => told === undefined);

it.each(harmful)('after the proof %s: everything stays, and says why', async (_, { does, told }) => {
  const scene = await LettingGo.proven();
  await does(scene);
  const before = scene.contents();

  const job = await scene.reap();

  expect(job.state).not.toBe('cleaned');
  expect(job.waitingFor.map(({ measured }) => measured).join('; ')).toMatch(told!);
  expect([...scene.contents()].sort()).toEqual([...before].sort());
});

it.each(harmful)('after the proof %s: clean names it, with the interlock', async (_, { does, told }) => {
  const scene = await LettingGo.proven();
  await does(scene);
  const before = scene.contents();

  const { result, job } = await scene.clean();

  expect(result.deleted).toBe(false);
  expect(failing(result).length).toBeGreaterThan(0);
  expect(result.refused.map(({ path, reason }) => `${path}: ${reason}`).join('; ')).toMatch(told!);
  expect(job.state).not.toBe('cleaned');
  expect([...scene.contents()].sort()).toEqual([...before].sort());
});

it.each(harmless)('after the proof %s: every byte is the proven one, and the run goes', async (_, { does }) => {
  const scene = await LettingGo.proven();
  await does(scene);
  const before = scene.contents();

  expect((await scene.reap()).state).toBe('cleaned');

  expect(lost(before, scene.contents())).toEqual([]);
});

it.skipIf(!canMakeUndeletable())(
  'once the interlocks hold a file is made undeletable: it stays, and says why',
  async () => {
    const scene = await LettingGo.proven();
    const before = scene.contents();
    const faults = when('after', 'intent', () => void makeUndeletable(scene, scene.at('deep/er/c.txt')));

    const { result, job } = await scene.clean({ faults });

    expect(result).toMatchObject({
      deleted: false,
      refused: [{ path: 'deep/er/c.txt' }],
    });
    expect(result.refused[0]!.reason).toMatch(/EPERM/u);
    expect(job).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'kept_files', ok: false }] });
    expect(lost(before, scene.contents())).toEqual([]);
  },
);
