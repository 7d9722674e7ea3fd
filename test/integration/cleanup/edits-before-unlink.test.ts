import { expect, it } from 'vitest';
import { canMakeUndeletable, elsewhere, HOSTILE_ACTS, makeUndeletable } from './adversary.js';
import { contentsBelow, LettingGo, lost, when, type Contents } from './cleanup-lab.js';

const harmful = Object.entries(HOSTILE_ACTS).filter(([, { told }]) => told !== undefined);
const harmless = Object.entries(HOSTILE_ACTS).filter(([, { told }]) => told === undefined);

/** What was moved out of the run is no longer the run's: it is found there as it was. */
const outside = (scene: LettingGo): [string, string][] => [...contentsBelow(elsewhere(scene))].sort();

it.each(harmful)('once every interlock held, %s: it stays, and says why', async (_, { does, told }) => {
  const scene = await LettingGo.proven();
  let before: Contents = new Map();
  let moved: [string, string][] = [];
  const faults = when('after', 'intent', async () => {
    await does(scene);
    before = scene.contents();
    moved = outside(scene);
  });

  const { result, job, journal } = await scene.clean({ faults });

  expect(before.size).toBeGreaterThan(0);
  expect(lost(before, scene.contents())).toEqual([]);
  expect(outside(scene)).toEqual(moved);
  expect(result.deleted).toBe(false);
  expect(job.state).not.toBe('cleaned');
  expect(result.refused.map(({ path, reason }) => `${path}: ${reason}`).join('; ')).toMatch(told!);
  expect(journal).not.toContain('cleanup.succeeded');
});

it.each(harmless)(
  'once every interlock held, %s: every byte is the proven one, and the run goes',
  async (_, { does }) => {
    const scene = await LettingGo.proven();
    let before: Contents = new Map();
    const faults = when('after', 'intent', async () => {
      await does(scene);
      before = scene.contents();
    });

    const { result } = await scene.clean({ faults });

    expect(result).toMatchObject({ deleted: true, refused: [] });
    expect(lost(before, scene.contents())).toEqual([]);
  },
);

it.skipIf(!canMakeUndeletable())('once every interlock held, a file is made undeletable: it stays', async () => {
  const scene = await LettingGo.proven();
  const before = scene.contents();
  const faults = when('after', 'intent', () => void makeUndeletable(scene, scene.at('a.txt')));

  const { result, job } = await scene.clean({ faults });

  expect(result).toMatchObject({ deleted: false, refused: [{ path: 'a.txt' }] });
  expect(job).toMatchObject({ state: 'cleanup_eligible', waitingFor: [{ name: 'kept_files' }] });
  expect(lost(before, scene.contents())).toEqual([]);
});
