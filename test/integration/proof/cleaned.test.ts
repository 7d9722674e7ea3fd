import { writeFileSync } from 'node:fs';
import { SimulatedClock } from 'nas-sync/testing';
import { expect, it } from 'vitest';
import { parseProof } from 'nas-sync';
import { Lab } from '../../support/lab.js';
import { flipByte } from '../pass/damage.js';
import { byExample } from './checks.js';

const HOUR = 3_600_000;

it('a cleaned run has its interlocks as they were measured, its deletion, and the passes that it rests on', async () => {
  const lab = new Lab();
  const clock = new SimulatedClock();
  const run = await lab.makeRun({ 'a.txt': 'a', 'deep/b.txt': 'b', 'deep/empty/': '' });
  const client = lab.open({ clock, config: { ...lab.config, scheduler: { leaseSeconds: 3600 } } });
  await client.enqueue(run);
  await client.idle();
  const before = await client.proof(run);
  for (let hour = 0; hour < 60; hour += 4) await clock.advance(4 * HOUR, () => client.idle());

  const text = JSON.stringify(await client.proof(run));

  const { state, cleanedAt, interlocks, deletion, passes, files } = parseProof(text);
  expect(before).toMatchObject({ state: 'verified', interlocks: [], deletion: null });
  expect(files).toEqual(before.files);
  expect(state).toBe('cleaned');
  expect(deletion).toMatchObject({ finishedAt: cleanedAt, files: 2, bytes: 2 });
  expect(deletion!.passes.length).toBeGreaterThanOrEqual(2);
  expect(passes.filter(({ counts }) => counts).map(({ proofId }) => proofId)).toEqual(
    expect.arrayContaining([...deletion!.passes]),
  );
  expect(interlocks.length).toBeGreaterThan(2);
  expect(interlocks.filter(({ ok }) => !ok)).toEqual([]);

  const file = lab.at('proof.json');
  writeFileSync(file, text);
  expect(await client.checkProof(parseProof(text), { run })).toMatchObject({ ok: true, files: 2 });
  expect(await byExample(file, lab.onNas(run))).toMatchObject({ exitCode: 0 });
  flipByte(lab.onNas(run, 'a.txt'));
  expect(await client.checkProof(parseProof(text), { run })).toMatchObject({ ok: false, mismatched: ['a.txt'] });
  expect(await byExample(file, lab.onNas(run))).toMatchObject({ exitCode: 1 });
});
