import { rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { NasSyncClient } from 'nas-sync';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { MemoryLab } from '../../support/memory-lab.js';

const HOUR_MS = 3_600_000;
const by = { operator: 'ada', reason: 'the vendor names them so' };

let lab: MemoryLab;
let client: NasSyncClient;
beforeEach(async () => {
  lab = await MemoryLab.open();
  client = await lab.client({ drive: 'none' });
});
afterEach(() => lab.close());

const flagged = (name = 'Run_<date>'): Promise<string> => lab.run(name);

const stateOf = async (run: string): Promise<string> => (await client.enqueue(run)).state;

describe('a run with one bad name', () => {
  it('is blocked, says why, has no job, and its record says so', async () => {
    const run = await flagged('Run_a:b');
    const handle = await client.enqueue(run);
    expect(handle).toMatchObject({
      jobId: '',
      state: 'blocked',
      blockingFindings: [{ rule: 'illegal_filesystem_character', tier: 'hard', overriddenBy: null }],
    });
    expect(await client.jobs()).toEqual([]);
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'blocked_by_validation' });
  });

  it('is queued once its class is overridden, and its record says pending', async () => {
    const run = await flagged('Run_a:b');
    expect(await stateOf(run)).toBe('blocked');
    await client.addOverride(run, { problemClass: 'illegal_filesystem_character', ...by });
    expect(await stateOf(run)).toBe('queued');
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'pending' });
  });

  it('is queued once the name is fixed', async () => {
    const run = await lab.run('Run_1', { files: { 'a:b': '' } });
    expect(await stateOf(run)).toBe('blocked');
    await rm(join(run, 'a:b'));
    expect(await stateOf(run)).toBe('queued');
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'pending' });
  });

  it('is blocked again once the override is revoked', async () => {
    const run = await flagged('Run_a:b');
    const { override } = await client.addOverride(run, { problemClass: 'illegal_filesystem_character', ...by });
    await client.revokeOverride(run, override.id, { operator: 'ben', reason: 'renamed' });
    expect(await stateOf(run)).toBe('blocked');
  });

  it('is blocked again at the very instant at which the override ends', async () => {
    const run = await flagged('Run_a:b');
    await client.addOverride(run, { problemClass: 'illegal_filesystem_character', ...by, expires: '1h' });
    const eligible = async () => (await client.gate([run])).runs[0]?.eligible;
    await lab.clock.advance(HOUR_MS - 1);
    expect(await eligible()).toBe(true);
    await lab.clock.advance(1);
    expect(await eligible()).toBe(false);
    expect(await stateOf(run)).toBe('blocked');
  });

  it('needs an override of its own: another run’s does not help', async () => {
    const [one, two] = [await flagged('Run_a:b'), await flagged('Run_c:d')];
    await client.addOverride(one, { problemClass: 'illegal_filesystem_character', ...by });
    expect([await stateOf(one), await stateOf(two)]).toEqual(['queued', 'blocked']);
  });
});

describe('a placeholder in the name of a run', () => {
  it('needs two overrides, for it is an illegal name as well', async () => {
    const run = await flagged('Run_<run_date>');
    await client.addOverride(run, { problemClass: 'unresolved_placeholder_token', ...by });
    expect(await stateOf(run)).toBe('blocked');
    await client.addOverride(run, { problemClass: 'illegal_filesystem_character', ...by });
    expect(await stateOf(run)).toBe('queued');
  });
});

describe('the end of an override', () => {
  it.each([
    ['30d', '2026-01-31T00:00:00.000Z'],
    ['2026-01-01T00:00:00.001Z', '2026-01-01T00:00:00.001Z'],
    ['2026-06-01', '2026-06-01T00:00:00.000Z'],
    ['2026-06-01T12:00', '2026-06-01T12:00:00.000Z'],
    ['2026-06-01T12:00+02:00', '2026-06-01T10:00:00.000Z'],
  ])('may be %s', async (expires, expiresAt) => {
    const run = await lab.run('Run_1');
    const view = await client.addOverride(run, { problemClass: 'name_collision', ...by, expires });
    expect(view).toMatchObject({ runPath: run, override: { state: 'active', expiresAt } });
  });

  it.each(['2026-01-01T00:00:00Z', '2025-12-31', '0s', 'soon', '', '99999999d', '300000000000d'])(
    'may not be %j, and nothing is written then',
    async (expires) => {
      const run = await lab.run('Run_1');
      const adding = client.addOverride(run, { problemClass: 'name_collision', ...by, expires });
      await expect(adding).rejects.toMatchObject({ code: 'usage' });
      expect(await client.overrides(run)).toEqual({ runPath: run, overrides: [] });
    },
  );
});

describe('an override is refused', () => {
  it.each([
    ['without a reason', { operator: 'ada', reason: ' ' }],
    ['without an operator', { operator: '', reason: 'why' }],
  ])('%s', async (_, said) => {
    const run = await lab.run('Run_1');
    const adding = client.addOverride(run, { problemClass: 'name_collision', ...said });
    await expect(adding).rejects.toMatchObject({ code: 'usage' });
  });

  it('for a run below no root', async () => {
    await expect(client.addOverride('/', { problemClass: 'name_collision', ...by })).rejects.toMatchObject({
      code: 'run_outside_roots',
    });
  });
});

describe('a host’s own rule', () => {
  it('can be overridden where it finds something, and is unknown where it does not', async () => {
    const validator = {
      validate: async ({ runPath }: { runPath: string }) =>
        runPath.endsWith('bad')
          ? [{ rule: 'house_rule', tier: 'hard' as const, subject: 's', message: 'm', overriddenBy: null }]
          : [],
    };
    const host = await lab.client({ drive: 'none', validator });
    const [bad, good] = [await lab.run('Run_bad'), await lab.run('Run_good')];
    await expect(host.addOverride(good, { problemClass: 'house_rule', ...by })).rejects.toMatchObject({
      code: 'usage',
    });
    await host.addOverride(bad, { problemClass: 'house_rule', ...by });
    expect((await host.enqueue(bad)).state).toBe('queued');
  });
});

describe('a run that is synced', () => {
  it('stays synced and verified when the gate finds something later, and is shown as under a prior policy', async () => {
    const driving = await lab.client();
    const run = await lab.run('Run_1');
    const { jobId } = await driving.enqueue(run);
    await driving.waitFor(jobId, 'verified');
    await driving.idle();
    await symlink('/etc/passwd', join(run, 'out'));
    const [view] = (await driving.gate([run])).runs;
    expect(view).toMatchObject({
      eligible: false,
      findings: [{ rule: 'unsupported_entry' }, { rule: 'synced_under_prior_policy', tier: 'soft' }],
    });
    expect(await driving.enqueue(run)).toMatchObject({ state: 'blocked' });
    expect(await driving.status(run)).toBe('verified');
    expect(await lab.recordOf(run)).toMatchObject({ sync_status: 'synced' });
  });
});

describe('a tombstone that names nothing', () => {
  it('is warned of, wherever the overrides are looked at', async () => {
    const warnings: string[] = [];
    const nothing = (): void => undefined;
    const logger = {
      debug: nothing,
      info: nothing,
      error: nothing,
      warn: (_: object, text: string) => void warnings.push(text),
    };
    const host = await lab.client({ drive: 'none', logger });
    const run = await lab.run('Run_1');
    const { updateRecord } = await import('#dist/run/record/record.js');
    await updateRecord(run, () => [
      { path: ['validation_overrides'], value: [{ id: 't', revokes: 'gone', revoked: true }] },
    ]);
    await host.enqueue(run);
    await host.gate([run]);
    await host.overrides(run);
    expect(warnings).toEqual(Array.from({ length: 3 }, () => expect.stringContaining('revokes "gone"') as string));
  });
});
