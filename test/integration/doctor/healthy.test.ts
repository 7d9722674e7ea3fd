import { mkdirSync, writeFileSync } from 'node:fs';
import type { DoctorCheck } from 'nas-sync';
import { expect, it, onTestFinished, vi } from 'vitest';
import { EQUIPMENT, Lab, listing } from '../../support/lab.js';

const NAMES = [
  ...[
    'node_version',
    'database',
    'database_whole',
    'database_place',
    'other_workers',
    'local_root',
    'share_mounted',
    'reachable',
    'identity_token',
  ],
  ...['free_space', 'apart'],
  ...['canary_written', 'canary_clock', 'canary_verified', 'hash_support', 'damage_found', 'deletion_refused'],
  ...['canary_fetched', 'canary_removed'],
];
const failuresOf = (checks: readonly DoctorCheck[]): string[] =>
  checks.filter((check) => !check.ok).map(({ name, detail }) => `${name}: ${detail}`);

it('makes every check in its order, and finds all well', async () => {
  const { ok, checks } = await new Lab().client.doctor();
  expect({ ok, failures: failuresOf(checks) }).toEqual({ ok: true, failures: [] });
  expect(checks.map(({ name }) => name)).toEqual(NAMES);
});

it('has every key of the contract in every check, the machine being no equipment', async () => {
  const { checks } = await new Lab().client.doctor();
  for (const check of checks) expect(Object.keys(check)).toEqual(['equipmentId', 'name', 'ok', 'detail', 'fix']);
  expect(checks.slice(0, 6).map(({ equipmentId }) => equipmentId)).toEqual([null, null, null, null, null, EQUIPMENT]);
});

it('leaves nothing behind: no canary, no token, no folder here, no job', async () => {
  const lab = new Lab();
  mkdirSync(lab.at('temporary'));
  vi.stubEnv('TMPDIR', lab.at('temporary'));
  onTestFinished(() => void vi.unstubAllEnvs());
  await lab.client.doctor();
  expect(listing(lab.nas)).toEqual([]);
  expect(listing(lab.at('temporary'))).toEqual([]);
  expect(await lab.client.jobs()).toEqual([]);
});

it('tells that the first push will leave a token, and later that it is the same', async () => {
  const lab = new Lab();
  const tokenLine = async () => (await lab.client.doctor()).checks.find(({ name }) => name === 'identity_token');
  expect(await tokenLine()).toMatchObject({ ok: true, detail: expect.stringContaining('the first push will leave') });
  await lab.sync(await lab.makeRun({ 'a.txt': 'a' }));
  expect(await tokenLine()).toMatchObject({ ok: true, detail: expect.stringContaining('met at first contact') });
});

it('runs beside a scheduler that works in another client, and neither disturbs the other', async () => {
  const lab = new Lab({ uploadMbps: 8 });
  const run = await lab.makeRun({ 'big.bin': Buffer.alloc(1_000_000, 'x1y2') });
  await lab.pushing(run);
  const { ok, checks } = await lab.open({ drive: 'none' }).doctor();
  expect({ ok, failures: failuresOf(checks) }).toEqual({ ok: true, failures: [] });
  expect(await lab.client.waitFor(run, 'verified')).toMatchObject({ attempts: 0, lastError: null });
});

it('examines only the equipment that is named, and each once', async () => {
  const lab = new Lab();
  const other = { id: 'OTHER', localRoot: lab.at('other'), transport: { type: 'mount' as const, path: lab.nas } };
  mkdirSync(lab.at('other'));
  const config = { ...lab.config, equipment: [...lab.config.equipment, other] };
  const { checks } = await lab.open({ config }).doctor({ equipmentIds: ['OTHER', 'OTHER'] });
  expect(new Set(checks.map(({ equipmentId }) => equipmentId))).toEqual(new Set([null, 'OTHER']));
  expect(checks.filter(({ name }) => name === 'canary_removed')).toHaveLength(1);
});

it('refuses an equipment that nobody knows, before it looks at anything', async () => {
  const begun: string[] = [];
  const examining = new Lab().client.doctor({ equipmentIds: ['NO'], onBegin: ({ name }) => begun.push(name) });
  await expect(examining).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining(EQUIPMENT) });
  expect(begun).toEqual([]);
});

it('tells each check as it begins and as it ends', async () => {
  const begun: string[] = [];
  const ended: string[] = [];
  const { checks } = await new Lab().client.doctor({
    onBegin: ({ name }) => begun.push(name),
    onCheck: ({ name }) => ended.push(name),
  });
  expect(ended).toEqual(checks.map(({ name }) => name));
  expect(begun).toContain('damage_found');
});

it('measures the room that queued runs need', async () => {
  const lab = new Lab();
  const run = await lab.makeRun({ 'a.bin': Buffer.alloc(3 * 1024 * 1024) });
  const client = lab.open({ drive: 'none' });
  await client.enqueue(run);
  writeFileSync(`${run}/b.bin`, '');
  const { checks } = await client.doctor();
  expect(checks.find(({ name }) => name === 'free_space')).toMatchObject({
    ok: true,
    detail: expect.stringContaining('the queue needs 3 MiB for 1 run'),
  });
});
