import { lstatSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { appendOverride, appendTombstone } from '#dist/gate/append-override.js';
import { runWithRecord } from '../run/support.js';

const NOW = Date.UTC(2026, 10, 22, 12);
const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const asked = { problemClass: 'house_rule', operator: 'ada', reason: 'vendor names', expiresAt: null };
const by = { operator: 'ben', reason: 'renamed' };

const entriesOf = (record: string): Record<string, unknown>[] =>
  (JSON.parse(readFileSync(record, 'utf8')) as { validation_overrides: Record<string, unknown>[] })
    .validation_overrides;

describe('an override in the record', () => {
  it('has all that accounts for it, and the keys that hosts know', async () => {
    const { run, record } = runWithRecord('{"schema_version": "1.0"}');
    const { id } = await appendOverride(run, { ...asked, expiresAt: NOW + 1 }, NOW);
    expect(id).toMatch(UUID);
    expect(entriesOf(record)).toEqual([
      {
        id,
        problem_class: 'house_rule',
        operator: 'ada',
        recorded_at: '2026-11-22T12:00:00.000Z',
        reason: 'vendor names',
        revoked: false,
        expires_at: '2026-11-22T12:00:00.001Z',
      },
    ]);
  });

  it('that never ends has no expires_at', async () => {
    const { run, record } = runWithRecord('{}');
    await appendOverride(run, asked, NOW);
    expect(entriesOf(record)[0]).not.toHaveProperty('expires_at');
  });

  it('is revoked by a tombstone, and stands there unchanged', async () => {
    const { run, record } = runWithRecord('{}');
    const { id } = await appendOverride(run, asked, NOW);
    const [before] = entriesOf(record);
    const revoked = await appendTombstone(run, id, by, NOW + 1);
    expect(revoked).toMatchObject({ id, state: 'revoked', revocation: { operator: 'ben', reason: 'renamed' } });
    expect(entriesOf(record)).toEqual([
      before,
      {
        id: expect.stringMatching(UUID) as string,
        revokes: id,
        operator: 'ben',
        recorded_at: '2026-11-22T12:00:00.001Z',
        reason: 'renamed',
        revoked: true,
      },
    ]);
  });

  it('comes last, and every other byte stays', async () => {
    const text =
      '{\r\n\t"z": 1.0,\r\n\t"validation_overrides": [\r\n\t\t{ "odd" :1e3, "id": null }\r\n\t],\r\n\t"a": 12345678901234567890\r\n}';
    const { run, record } = runWithRecord(text);
    await appendOverride(run, asked, NOW);
    const [before = '', after = ''] = text.split('"id": null }');
    const written = readFileSync(record, 'utf8');
    expect(written.startsWith(`${before}"id": null },`)).toBe(true);
    expect(written.endsWith(after)).toBe(true);
  });

  it('takes the place of a null', async () => {
    const { run, record } = runWithRecord('{"validation_overrides": null, "kept": 1.0}');
    await appendOverride(run, asked, NOW);
    expect(entriesOf(record)).toHaveLength(1);
    expect(readFileSync(record, 'utf8')).toContain('"kept": 1.0');
  });
});

describe('nothing is written', () => {
  it.each([
    ['into a newer major', '{"schema_version": "2.0", "validation_overrides": []}'],
    ['where overrides are no list', '{"validation_overrides": {"a": 1}}'],
    ['into a broken record', '{'],
  ])('%s', async (_, text) => {
    const { run, record } = runWithRecord(text);
    const before = lstatSync(record, { bigint: true });
    await expect(appendOverride(run, asked, NOW)).rejects.toMatchObject({ code: 'record_invalid' });
    const after = lstatSync(record, { bigint: true });
    expect([after.ino, after.ctimeNs, readFileSync(record, 'utf8')]).toEqual([before.ino, before.ctimeNs, text]);
  });

  it('to revoke what is not there, or is revoked', async () => {
    const { run, record } = runWithRecord('{}');
    await expect(appendTombstone(run, 'nothing', by, NOW)).rejects.toMatchObject({ code: 'usage' });
    const { id } = await appendOverride(run, asked, NOW);
    await appendTombstone(run, id, by, NOW);
    const text = readFileSync(record, 'utf8');
    await expect(appendTombstone(run, id, by, NOW)).rejects.toMatchObject({ code: 'not_allowed' });
    expect(readFileSync(record, 'utf8')).toBe(text);
  });

  it('twice: of many who revoke at once, one does', async () => {
    const { run, record } = runWithRecord('{}');
    const { id } = await appendOverride(run, asked, NOW);
    const all = await Promise.allSettled(Array.from({ length: 5 }, () => appendTombstone(run, id, by, NOW)));
    expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect(entriesOf(record)).toHaveLength(2);
  });
});
