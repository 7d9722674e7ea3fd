import { readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { builtInValidator, defineConfig } from 'nas-sync';
import { expect, it } from 'vitest';
import { fill, listing } from '../../support/lab.js';
import { failing, HOUR, LettingGo, snapshot } from './cleanup-lab.js';

const BY = { operator: 'ada', reason: 'the vendor names them so' };
const RULE = 'illegal_filesystem_character';

async function expectHeldBy(scene: LettingGo, name: string, measured: RegExp): Promise<void> {
  const before = snapshot(scene.run);
  const { result, job } = await scene.clean();
  expect(failing(result).filter((one) => !one.startsWith('target_'))).toEqual([name]);
  expect(result.deleted).toBe(false);
  expect(result.interlocks.find((one) => one.name === name)!.measured).toMatch(measured);
  expect(job.state).not.toBe('cleaned');
  expect(snapshot(scene.run)).toEqual(before);
  expect((await scene.reap()).waitingFor.map((wait) => wait.name)).toContain(name);
  expect(snapshot(scene.run)).toEqual(before);
}

function withTombstone(scene: LettingGo, recordedAt: unknown): void {
  const file = scene.at('.exlab-wizard/creation.json');
  const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
  const tombstone = { id: 't', revokes: 'o', operator: 'ben', recorded_at: recordedAt, reason: 'r', revoked: true };
  writeFileSync(file, JSON.stringify({ ...record, validation_overrides: [tombstone] }));
}

const iso = (at: number): string => new Date(at).toISOString();

it('no_revocation: an override revoked since the last pass keeps the files until the next one', async () => {
  const scene = await LettingGo.proven({ policy: { passIntervalHours: 1 } });
  await scene.asking(async (client) => {
    const { override } = await client.addOverride(scene.run, { problemClass: RULE, ...BY });
    await scene.clock.advance(1);
    await client.revokeOverride(scene.run, override.id, { operator: 'ben', reason: 'looked at again' });
  });
  await expectHeldBy(scene, 'no_revocation', /^1 since the last pass/u);
  await scene.clock.advance(2 * HOUR);
  expect((await scene.reap()).state).toBe('cleaned');
});

it('no_revocation: a tombstone of the very instant of the pass keeps the files', async () => {
  const scene = await LettingGo.proven();
  withTombstone(scene, iso(scene.clock.now()));
  await expectHeldBy(scene, 'no_revocation', /^1 since the last pass/u);
});

it('no_revocation: a tombstone from before the pass holds nothing', async () => {
  const scene = await LettingGo.proven();
  withTombstone(scene, iso(scene.clock.now() - 1));
  expect((await scene.reap()).state).toBe('cleaned');
});

it.each([['yesterday'], [null], [1_700_000_000], ['2026-13-45T00:00:00Z']])(
  'no_revocation: a tombstone whose time is %j keeps the files',
  async (recordedAt) => {
    const scene = await LettingGo.proven();
    withTombstone(scene, recordedAt);
    await expectHeldBy(scene, 'no_revocation', /^1 written at a time that cannot be read/u);
  },
);

it('no_revocation: a clock that was set back after the pass hides no tombstone', async () => {
  const scene = await LettingGo.proven();
  scene.clock.jump(-48 * HOUR);
  await scene.clock.advance(HOUR);
  withTombstone(scene, iso(scene.clock.now()));
  await expectHeldBy(scene, 'no_revocation', /since the last pass/u);
});

it('gate: an override that has run out keeps the files', async () => {
  const validator = builtInValidator(defineConfig({ equipment: [] }).validator);
  const expires = iso(Date.UTC(2026, 0, 1) + HOUR);
  const scene = await LettingGo.proven({
    name: 'Run_a:b',
    client: { validator },
    prepare: (run) => {
      const file = `${run}/.exlab-wizard/creation.json`;
      const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
      const override = { id: 'o', problem_class: RULE, ...BY, recorded_at: iso(0), revoked: false };
      writeFileSync(file, JSON.stringify({ ...record, validation_overrides: [{ ...override, expires_at: expires }] }));
    },
  });
  await scene.clock.advance(HOUR);
  await expectHeldBy(scene, 'gate', /Run_a:b|character/u);
});

it('gate: a record that nobody can read keeps the files', async () => {
  const scene = await LettingGo.proven();
  writeFileSync(scene.at('.exlab-wizard/creation.json'), '{ not json');
  await expectHeldBy(scene, 'gate', /./u);
});

it('source_unchanged: one file with other content behind its size and time keeps all', async () => {
  const scene = await LettingGo.proven();
  writeFileSync(scene.at('a.txt'), 'THE CONTENT OF A');
  utimesSync(scene.at('a.txt'), 1, 1);
  await expectHeldBy(scene, 'source_unchanged', /a\.txt: its content is not the proven one/u);
});

it('nothing_unproven: one new file keeps all', async () => {
  const scene = await LettingGo.proven();
  fill(scene.run, { 'deep/new.txt': 'nobody proved this' });
  await expectHeldBy(scene, 'nothing_unproven', /deep\/new\.txt: a new file/u);
});

it('all together let exactly the proven files go', async () => {
  const scene = await LettingGo.proven();
  const other = await scene.lab.makeRun({ 'a.txt': 'of another run' }, 'Run_2');
  const { result, job } = await scene.clean();
  expect(failing(result)).toEqual([]);
  expect(result).toMatchObject({ deleted: true, refused: [], files: 5 });
  expect(result.interlocks).toHaveLength(16);
  expect(job.state).toBe('cleaned');
  const cache = ['.exlab-wizard/', '.exlab-wizard/checksums.sha256', '.exlab-wizard/creation.json'];
  expect(listing(scene.run)).toEqual(cache);
  expect(listing(other)).toContain('a.txt');
});
