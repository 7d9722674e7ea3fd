import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRecord, type Finding, type Validator } from 'nas-sync';
import { entriesValidator } from '#dist/gate/entries-validator.js';
import { judge, noteVerdict } from '#dist/gate/gate.js';
import { updateRecord } from '#dist/run/record.js';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let run: string;
beforeEach(async () => {
  run = join(await mkdtemp(join(tmpdir(), 'nas-sync-test-')), 'Run_1');
  await mkdir(run);
});
afterEach(() => rm(join(run, '..'), { recursive: true }));

const recordOf = async (): Promise<Record<string, unknown>> =>
  JSON.parse(await readFile(join(run, '.exlab-wizard', 'creation.json'), 'utf8')) as Record<string, unknown>;

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

describe('the gate refuses', () => {
  it('a run without a record, and names the way out', async () => {
    const verdict = await judge(run, entriesValidator);
    expect(verdict).toMatchObject({ eligible: false, findings: [{ rule: 'record_missing', tier: 'hard' }] });
    expect(verdict.findings[0]?.message).toContain('nas-sync adopt');
  });

  it('a run whose record cannot be read', async () => {
    await mkdir(join(run, '.exlab-wizard'));
    await writeFile(join(run, '.exlab-wizard', 'creation.json'), '{ "half": ');
    expect(await judge(run, entriesValidator)).toMatchObject({
      eligible: false,
      findings: [{ rule: 'record_invalid' }],
    });
  });

  it('what no manifest can express', async () => {
    await createRecord(run);
    await symlink('/etc/passwd', join(run, 'out'));
    expect(await judge(run, entriesValidator)).toMatchObject({
      eligible: false,
      findings: [{ rule: 'unsupported_entry', tier: 'hard', subject: 'out' }],
    });
  });

  it('what a host’s own rules find hard', async () => {
    await createRecord(run);
    expect(await judge(run, finds({ rule: 'house_rule' }))).toMatchObject({ eligible: false });
  });
});

describe('the gate lets through', () => {
  it('soft findings and overridden ones, and still shows them', async () => {
    await createRecord(run);
    const verdict = await judge(run, finds({ tier: 'soft' }, { overriddenBy: 'an-override' }));
    expect(verdict.eligible).toBe(true);
    expect(verdict.findings).toHaveLength(2);
  });
});

describe('the record', () => {
  it('is not touched by a judgement', async () => {
    await createRecord(run);
    const before = await recordOf();
    await judge(run, finds({}));
    expect(await recordOf()).toEqual(before);
  });

  it('says blocked_by_validation, and pending once the run may go', async () => {
    await createRecord(run);
    await noteVerdict(run, await judge(run, finds({})));
    expect(await recordOf()).toMatchObject({ sync_status: 'blocked_by_validation' });
    await noteVerdict(run, await judge(run, finds()));
    expect(await recordOf()).toMatchObject({ sync_status: 'pending' });
  });

  it('never goes back: a run that reached the NAS stays synced', async () => {
    await createRecord(run);
    await updateRecord(run, () => [{ path: ['sync_status'], value: 'synced' }]);
    await noteVerdict(run, await judge(run, finds({})));
    expect(await recordOf()).toMatchObject({ sync_status: 'synced' });
  });

  it('of another program is given a run id of ours, once', async () => {
    await mkdir(join(run, '.exlab-wizard'));
    await writeFile(join(run, '.exlab-wizard', 'creation.json'), '{"schema_version":"1.5","operator":"ada"}');
    await noteVerdict(run, await judge(run, finds()));
    const first = await recordOf();
    await noteVerdict(run, await judge(run, finds()));
    expect(first).toMatchObject({ operator: 'ada', nas_sync_run_id: expect.any(String) as string });
    expect(await recordOf()).toEqual(first);
  });
});
