import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import fc from 'fast-check';
import { builtInValidator, createRecord, defineConfig } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { appendOverride, appendTombstone } from '#dist/gate/append-override.js';
import { judge } from '#dist/gate/gate.js';
import { EVERY_NAME_IS_DATA } from '#dist/run/name-rules.js';
import { emptyFolder, put } from '../run/support.js';

const validator = builtInValidator(defineConfig({ equipment: [] }).validator);
const by = { operator: 'ada', reason: 'why not' };

const badName = fc.constantFrom(
  '<run_date>',
  'a<b',
  'a:b',
  '{{ sample }}',
  '{% if x %}',
  'CON',
  'nul.txt',
  'ends in a dot.',
  'ends in a space ',
  'a\\b',
  '\x01',
);
const goodName = fc.stringMatching(/^[a-w]{1,8}$/).filter((name) => !/^(?:con|prn|aux|nul)$/.test(name));
const planted = fc.record({
  above: fc.array(goodName, { maxLength: 4 }),
  bad: badName,
  below: fc.array(goodName, { maxLength: 2 }),
  lastsMs: fc.integer({ min: 1, max: 1e12 }),
});

it('one bad name anywhere blocks; overriding its classes lets it pass until the instant of their end, or a revocation', async () => {
  const root = emptyFolder();
  const property = fc.asyncProperty(planted, async ({ above, bad, below, lastsMs }) => {
    const clock = new SimulatedClock();
    const runPath = join(root, randomUUID());
    put(runPath, 'good/file');
    put(runPath, [...above, bad, ...below].join('/'));
    await createRecord(runPath);
    const isEligible = async () =>
      (await judge({ runPath, root, names: EVERY_NAME_IS_DATA }, { validator, clock })).eligible;

    const { findings } = await judge({ runPath, root, names: EVERY_NAME_IS_DATA }, { validator, clock });
    const classes = [...new Set(findings.map(({ rule }) => rule))];
    expect(classes).not.toEqual([]);
    const ids: string[] = [];
    for (const problemClass of classes) {
      expect(await isEligible()).toBe(false);
      const override = { problemClass, ...by, expiresAt: clock.now() + lastsMs };
      ids.push((await appendOverride(runPath, override, clock.now())).id);
    }
    expect(await isEligible()).toBe(true);
    await clock.advance(lastsMs - 1);
    expect(await isEligible()).toBe(true);
    await clock.advance(1);
    expect(await isEligible()).toBe(false);
    clock.jump(-1);
    expect(await isEligible()).toBe(true);
    await appendTombstone(runPath, ids.at(-1) ?? '', by, clock.now());
    expect(await isEligible()).toBe(false);
  });
  await fc.assert(property, { numRuns: 40 });
});
