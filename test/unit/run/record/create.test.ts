import { mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRecord, readRecord, updateRecord } from '#dist/run/record/record.js';
import { emptyFolder, runWith, runWithRecord } from '../support.js';

const UUID = /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/;
const clock = {
  now: () => Date.UTC(2024, 1, 29, 12, 34, 56, 789),
  monotonic: () => 0,
  setTimer: () => () => undefined,
};

describe('createRecord', () => {
  test('writes a record that reads well, and gives it', async () => {
    const run = emptyFolder();
    const record = await createRecord(run, { runKind: 'experiment' }, clock);
    expect(readFileSync(join(run, '.exlab-wizard/creation.json'), 'utf8')).toBe(`{
  "schema_version": "1.0",
  "created_by": "nas-sync adopt",
  "created_at": "2024-02-29T12:34:56.789Z",
  "run_kind": "experiment",
  "sync_status": "pending",
  "nas_sync_run_id": "${record.runId}"
}
`);
    expect(record.runId).toMatch(UUID);
    expect(await readRecord(run)).toEqual(record);
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  });

  test('leaves the kind out when none is given', async () => {
    expect((await createRecord(emptyFolder(), {})).raw).not.toHaveProperty('run_kind');
  });

  test('uses a record folder that is there, and leaves its files', async () => {
    const run = runWith({ '.exlab-wizard/notes': 'x' });
    await createRecord(run, {});
    expect(readdirSync(join(run, '.exlab-wizard')).sort()).toEqual(['creation.json', 'notes']);
  });

  test('gives a record that can be updated', async () => {
    const run = emptyFolder();
    await createRecord(run, {});
    expect((await updateRecord(run, () => [{ path: ['sync_status'], value: 'synced' }])).syncStatus).toBe('synced');
  });

  test('lets one of several concurrent calls win', async () => {
    const run = emptyFolder();
    const calls = await Promise.allSettled(Array.from({ length: 8 }, () => createRecord(run, {})));
    const won = calls.filter((call) => call.status === 'fulfilled');
    expect(won).toHaveLength(1);
    expect((await readRecord(run)).runId).toBe(won[0]?.value.runId);
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  });
});

describe('createRecord never replaces', () => {
  test.each(['{"a": 1}', 'broken', ''])('the record %j', async (text) => {
    const { run, record } = runWithRecord(text);
    await expect(createRecord(run, {})).rejects.toMatchObject({ code: 'not_allowed' });
    expect(readFileSync(record, 'utf8')).toBe(text);
  });

  test('a link in place of the record, even one that dangles', async () => {
    const run = emptyFolder();
    mkdirSync(join(run, '.exlab-wizard'));
    symlinkSync('../victim', join(run, '.exlab-wizard/creation.json'));
    await expect(createRecord(run, {})).rejects.toMatchObject({ code: 'not_allowed' });
    expect(readdirSync(run)).toEqual(['.exlab-wizard']);
  });

  test('a file or link in place of the record folder', async () => {
    const run = emptyFolder();
    writeFileSync(join(run, '.exlab-wizard'), 'data');
    await expect(createRecord(run, {})).rejects.toMatchObject({ code: 'record_invalid' });
    const linked = runWith({ 'other/file': '' });
    symlinkSync('other', join(linked, '.exlab-wizard'));
    await expect(createRecord(linked, {})).rejects.toMatchObject({ code: 'record_invalid' });
    expect(readdirSync(join(linked, 'other'))).toEqual(['file']);
  });

  test('and makes no run that is not there', async () => {
    const run = join(emptyFolder(), 'gone');
    await expect(createRecord(run, {})).rejects.toMatchObject({ code: 'run_not_found' });
  });
});
