import { existsSync, rmSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Tree } from '../../support/lab.js';
import { flipByte } from '../pass/damage.js';
import { elsewhere } from './adversary.js';
import { contentsBelow, LettingGo, lost, snapshot, when, type Contents } from './cleanup-lab.js';
import { attempt, edit, EDITS, unique, type Edit } from './edits.js';

const FILES = ['a', 'b', 'd/a', 'd/b', 'd/e/a', 'd/e/b', 'f/a'] as const;
const FOLDERS = ['d', 'd/e', 'f'] as const;
const RUNS = 30;

const trees = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...FILES), { minLength: 1 }), fc.subarray([...FOLDERS]))
  .map(([files, folders]): Tree => ({
    ...Object.fromEntries(folders.map((folder) => [`${folder}/`, ''])),
    ...Object.fromEntries(files.map((file) => [file, unique()])),
  }));
const edits = fc.array(
  fc.record<Edit>({
    kind: fc.constantFrom(...(Object.keys(EDITS) as Edit['kind'][])),
    path: fc.constantFrom(...FILES),
  }),
  { maxLength: 3 },
);
const damages = fc.array(fc.tuple(fc.constantFrom('lost', 'flipped'), fc.constantFrom(...FILES)), { maxLength: 2 });
const moments = fc.oneof(
  fc.tuple(fc.constant('after' as const), fc.constantFrom('intent' as const, 'hash' as const), fc.constant(1)),
  fc.tuple(
    fc.constantFrom('before' as const, 'after' as const),
    fc.constant('open' as const),
    fc.integer({ min: 1, max: 4 }),
  ),
  fc.tuple(
    fc.constant('before' as const),
    fc.constantFrom('remove-folder' as const, 'record-on-nas' as const),
    fc.constant(1),
  ),
);
const policies = fc.record({ retainCache: fc.boolean(), trashHours: fc.constantFrom(0, 24) });

it('whatever is done to a run between its proof and its deletion, no byte of it is lost, and nothing outside is touched', async () => {
  const once = async (...[tree, early, damage, late, moment, policy]: Parameters<typeof check>) =>
    check(tree, early, damage, late, moment, policy);
  await fc.assert(fc.asyncProperty(trees, edits, damages, edits, moments, policies, once), {
    numRuns: RUNS,
    interruptAfterTimeLimit: 20_000,
    endOnFailure: true,
  });
}, 120_000);

const filesIn = (folder: string): [string, string][] =>
  Object.entries(snapshot(folder)).filter(([, content]) => content !== 'folder');

async function check(
  tree: Tree,
  early: readonly Edit[],
  damage: readonly (readonly [string, string])[],
  late: readonly Edit[],
  [side, act, nth]: readonly ['before' | 'after', Parameters<typeof when>[1], number],
  policy: { readonly retainCache: boolean; readonly trashHours: number },
): Promise<void> {
  const scene = await LettingGo.proven({ tree, policy });
  const here = (): Contents => new Map([...contentsBelow(scene.lab.local), ...contentsBelow(elsewhere(scene))]);
  const other = await scene.lab.makeRun({ a: unique() }, 'Other');
  edit(scene, early);
  let before = here();
  for (const [kind, path] of damage) {
    const file = scene.onNas(path);
    if (existsSync(file)) attempt(() => (kind === 'lost' ? rmSync(file) : flipByte(file)));
  }
  // An empty folder that is moved away in the moment of its removal is no loss.
  const outside = () => [filesIn(other), filesIn(elsewhere(scene))];
  let expected = outside();
  const faults = when(
    side,
    act,
    () => {
      expect(lost(before, scene.contents())).toEqual([]);
      edit(scene, late);
      // What the edits themselves made away with is nobody else's loss.
      const now = scene.contents();
      before = new Map([...here(), ...[...before].filter(([content]) => now.has(content))]);
      expected = outside();
    },
    nth,
  );

  const { result, job } = await scene.clean({ faults });

  expect(lost(before, scene.contents())).toEqual([]);
  expect(outside()).toEqual(expected);
  if (result.deleted) expect(job.state).toBe('cleaned');
  if (job.state !== 'cleaned') return;
  const left = existsSync(scene.run) ? Object.keys(snapshot(scene.run)) : [];
  expect(left.filter((path) => !path.startsWith('.exlab-wizard'))).toEqual([]);
}
