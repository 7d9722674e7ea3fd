import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createRecord, defineConfig, type Finding, type Validator } from 'nas-sync';
import { SimulatedClock } from 'nas-sync/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { builtInValidator } from '#dist/gate/built-in-validator.js';
import { blockingOf, judge, noteVerdict, type GateVerdict } from '#dist/gate/gate.js';
import { EVERY_NAME_IS_DATA } from '#dist/run/name-rules.js';
import { updateRecord } from '#dist/run/record/record.js';

const builtIn = builtInValidator(defineConfig({ equipment: [] }).validator);

let run: string;
let clock: SimulatedClock;
beforeEach(async () => {
  run = join(await mkdtemp(join(tmpdir(), 'nas-sync-test-')), 'Run_1');
  await mkdir(run);
  clock = new SimulatedClock();
});
afterEach(() => rm(join(run, '..'), { recursive: true }));

const recordFile = () => join(run, '.exlab-wizard', 'creation.json');

const recordOf = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(recordFile(), 'utf8')) as Record<string, unknown>;

const judged = (validator: Validator): Promise<GateVerdict> =>
  judge({ runPath: run, root: dirname(run), names: EVERY_NAME_IS_DATA }, { validator, clock });

const noted = async (validator: Validator): Promise<GateVerdict> => noteVerdict(run, await judged(validator), clock);

const finds = (...findings: Partial<Finding>[]): Validator => ({
  validate: async () =>
    findings.map((finding) => ({
      rule: 'r',
      tier: 'hard',
      subject: 's',
      message: 'm',
      overriddenBy: null,
      ...finding,
    })),
});

const override = (id: string, problemClass: string, fields: object = {}) => ({
  id,
  problem_class: problemClass,
  operator: 'ada',
  recorded_at: '2026-01-01T00:00:00Z',
  reason: 'why not',
  revoked: false,
  ...fields,
});

const setOverrides = (...entries: object[]) =>
  updateRecord(run, () => [{ path: ['validation_overrides'], value: entries }]);

describe('the gate refuses', () => {
  it('a run without a record, and names the way out', async () => {
    const verdict = await judged(builtIn);
    expect(verdict).toMatchObject({ eligible: false, findings: [{ rule: 'record_missing', tier: 'hard' }] });
    expect(verdict.findings[0]?.message).toContain('nas-sync adopt');
  });

  it.each([
    ['cannot be read', '{ "half": '],
    ['is of a newer major', '{"schema_version": "2.0"}'],
  ])('a run whose record %s', async (_, text) => {
    await mkdir(dirname(recordFile()));
    await writeFile(recordFile(), text);
    expect(await judged(builtIn)).toMatchObject({ eligible: false, findings: [{ rule: 'record_invalid' }] });
  });

  it('a newer major whatever overrides the record holds', async () => {
    await mkdir(dirname(recordFile()));
    const overrides = [override('o', 'record_invalid'), override('p', 'record_missing')];
    await writeFile(recordFile(), JSON.stringify({ schema_version: '2.0', validation_overrides: overrides }));
    expect(await judged(finds())).toMatchObject({ eligible: false, findings: [{ overriddenBy: null }] });
  });

  it('what no manifest can express', async () => {
    await createRecord(run);
    await symlink('/etc/passwd', join(run, 'out'));
    expect(await judged(builtIn)).toMatchObject({
      eligible: false,
      findings: [{ rule: 'unsupported_entry', tier: 'hard', subject: 'out' }],
    });
  });

  it('what a host’s own rules find hard, whatever they say of overrides', async () => {
    await createRecord(run);
    const verdict = await judged(finds({ rule: 'house_rule', overriddenBy: 'by-no-one' }));
    expect(verdict).toMatchObject({ eligible: false, findings: [{ overriddenBy: null }] });
  });

  it('a class that only the override of another class is there for', async () => {
    await createRecord(run);
    await setOverrides(override('o', 'a'));
    const verdict = await judged(finds({ rule: 'a' }, { rule: 'b' }, { rule: 'A' }));
    expect(verdict.findings.map(({ overriddenBy }) => overriddenBy)).toEqual(['o', null, null]);
    expect(verdict.eligible).toBe(false);
  });
});

describe('the gate lets through', () => {
  it('soft findings, and hard ones of an overridden class, and still shows them', async () => {
    await createRecord(run);
    await setOverrides(override('o', 'a'));
    const verdict = await judged(finds({ rule: 'a' }, { rule: 'a' }, { tier: 'soft' }));
    expect(verdict.eligible).toBe(true);
    expect(verdict.findings.map(({ overriddenBy }) => overriddenBy)).toEqual(['o', 'o', null]);
  });

  it('two classes by two overrides', async () => {
    await createRecord(run);
    const both = finds({ rule: 'a' }, { rule: 'b' });
    await setOverrides(override('o', 'a'));
    expect(await judged(both)).toMatchObject({ eligible: false });
    await setOverrides(override('o', 'a'), override('p', 'b'));
    expect(await judged(both)).toMatchObject({ eligible: true });
  });

  it('a class by its first active override', async () => {
    await createRecord(run);
    await setOverrides(override('ended', 'a', { revoked: true }), override('first', 'a'), override('second', 'a'));
    expect((await judged(finds({ rule: 'a' }))).findings).toMatchObject([{ overriddenBy: 'first' }]);
  });

  it('nothing any more at the instant at which the override ends', async () => {
    await createRecord(run);
    await setOverrides(override('o', 'r', { expires_at: new Date(clock.now() + 1000).toISOString() }));
    await clock.advance(999);
    expect(await judged(finds({}))).toMatchObject({ eligible: true });
    await clock.advance(1);
    expect(await judged(finds({}))).toMatchObject({ eligible: false });
  });
});

describe('the record', () => {
  it('is not touched by a judgement', async () => {
    await createRecord(run);
    const before = await recordOf();
    await judged(finds({}));
    expect(await recordOf()).toEqual(before);
  });

  it('says blocked_by_validation, and pending once the run may go', async () => {
    await createRecord(run);
    await noted(finds({}));
    expect(await recordOf()).toMatchObject({ sync_status: 'blocked_by_validation' });
    await setOverrides(override('o', 'r'));
    await noted(finds({}));
    expect(await recordOf()).toMatchObject({ sync_status: 'pending' });
  });

  it('decides: an override that was revoked while the run was walked lets nothing pass', async () => {
    await createRecord(run);
    await setOverrides(override('o', 'r'));
    const verdict = await judged(finds({}));
    await setOverrides(override('o', 'r', { revoked: true }));
    expect([verdict.eligible, (await noteVerdict(run, verdict, clock)).eligible]).toEqual([true, false]);
    expect(await recordOf()).toMatchObject({ sync_status: 'blocked_by_validation' });
  });

  it('of another program is given a run id of ours, once', async () => {
    await mkdir(dirname(recordFile()));
    await writeFile(recordFile(), '{"schema_version":"1.5","operator":"ada"}');
    await noted(finds());
    const first = await recordOf();
    await noted(finds());
    expect(first).toMatchObject({ operator: 'ada', nas_sync_run_id: expect.any(String) as string });
    expect(await recordOf()).toEqual(first);
  });
});

describe('a run that reached the NAS', () => {
  it.each(['synced', 'cleaned'])('stays %s, and the finding shows as synced_under_prior_policy', async (status) => {
    await createRecord(run);
    await updateRecord(run, () => [{ path: ['sync_status'], value: status }]);
    const verdict = await noted(finds({}));
    expect(await recordOf()).toMatchObject({ sync_status: status });
    expect(verdict.findings.map(({ rule, tier }) => [rule, tier])).toEqual([
      ['r', 'hard'],
      ['synced_under_prior_policy', 'soft'],
    ]);
    expect(blockingOf(verdict.findings).map(({ rule }) => rule)).toEqual(['r']);
  });

  it('is said nothing of while the gate finds nothing, or only what is overridden', async () => {
    await createRecord(run);
    await updateRecord(run, () => [{ path: ['sync_status'], value: 'synced' }]);
    await setOverrides(override('o', 'r'));
    expect((await judged(finds({}))).findings).toHaveLength(1);
    expect((await judged(finds())).findings).toEqual([]);
  });
});
