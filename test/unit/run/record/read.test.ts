import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readRecord } from '#dist/run/record/record.js';
import { built, emptyFolder, inChild, runWith, runWithRecord } from '../support.js';

const refusal = (code: string, message: RegExp): unknown =>
  expect.objectContaining({ code, message: expect.stringMatching(message) as string });

describe('readRecord', () => {
  test('reads what nas-sync needs, and keeps the whole', async () => {
    const text = JSON.stringify({
      schema_version: '1.5',
      nas_sync_run_id: 'id-1',
      run_kind: 'calibration',
      sync_status: 'synced',
      paths: { nas: '//nas/x', local: '/data' },
      unknown: { kept: true },
    });
    expect(await readRecord(runWithRecord(text).run)).toEqual({
      schemaVersion: '1.5',
      runId: 'id-1',
      runKind: 'calibration',
      syncStatus: 'synced',
      nasPath: '//nas/x',
      raw: JSON.parse(text) as unknown,
      text,
    });
  });

  test('takes what is absent or of another kind as null', async () => {
    const nothing = { schemaVersion: null, runId: null, runKind: null, syncStatus: null, nasPath: null };
    expect(await readRecord(runWithRecord('{}').run)).toMatchObject(nothing);
    const odd = '{"schema_version":null,"nas_sync_run_id":7,"run_kind":[],"sync_status":"","paths":"x"}';
    expect(await readRecord(runWithRecord(odd).run)).toMatchObject(nothing);
  });

  test.each([
    ['"1"', '1'],
    ['"1.12.3"', '1.12.3'],
    ['1', '1'],
    ['1.5', '1.5'],
  ])('reads schema_version %s', async (written, read) => {
    expect((await readRecord(runWithRecord(`{"schema_version": ${written}}`).run)).schemaVersion).toBe(read);
  });

  test.each(['"2.0"', '"10.1"', '2', '0.9', '"0"', '"one"', '"1x"', '""', 'true', '[1]', '-1'])(
    'refuses schema_version %s',
    async (written) => {
      const { run } = runWithRecord(`{"schema_version": ${written}}`);
      await expect(readRecord(run)).rejects.toEqual(refusal('record_invalid', /has schema_version .* reads 1\.x/));
    },
  );

  test('tolerates a BOM and keeps it in the text', async () => {
    const record = await readRecord(runWithRecord('\ufeff{"run_kind": "x"}').run);
    expect(record).toMatchObject({ runKind: 'x', text: '\ufeff{"run_kind": "x"}' });
  });
});

describe('readRecord says', () => {
  test('which file is missing and the way out', async () => {
    const run = emptyFolder();
    const message = `the run record ${run}/.exlab-wizard/creation.json is missing: run \`nas-sync adopt ${run}\``;
    await expect(readRecord(run)).rejects.toMatchObject({ code: 'record_missing', message });
    mkdirSync(join(run, '.exlab-wizard'));
    await expect(readRecord(run)).rejects.toMatchObject({ code: 'record_missing', message });
  });

  test('the way out so that a shell takes it, on one line', async () => {
    const run = join(emptyFolder(), "it's a\nrun");
    mkdirSync(run);
    await expect(readRecord(run)).rejects.toEqual(refusal('record_missing', /nas-sync adopt '.*it'\\''s a\\nrun'`$/));
  });

  test('that there is no run', async () => {
    await expect(readRecord(join(emptyFolder(), 'gone'))).rejects.toMatchObject({ code: 'run_not_found' });
    await expect(readRecord(join(runWith({ file: '' }), 'file'))).rejects.toMatchObject({ code: 'run_not_found' });
  });

  test.each([
    ['{\n  "a": 1,\n  "b": oops\n}', / at 3:8 \(InvalidSymbol\)/],
    ['{"a": 1', / at 1:8 \(CloseBraceExpected\)/],
    ['{"a": 1, // why\n"b": 2}', / at 1:10 \(InvalidCommentToken\)/],
    ['{"a": 1,}', / at 1:9 /],
    ['', / at 1:1 \(ValueExpected\)/],
    ['[]', /holds a list, not an object/],
    ['null', /holds null, not an object/],
    ['"text"', /holds a string, not an object/],
    [`{"a": ${'['.repeat(200_000)}`, /is no valid JSON/],
  ])('where the JSON of %.40j breaks', async (text, message) => {
    await expect(readRecord(runWithRecord(text).run)).rejects.toEqual(refusal('record_invalid', message));
  });

  test('that the record is not UTF-8', async () => {
    const { run, record } = runWithRecord('');
    writeFileSync(record, Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]));
    await expect(readRecord(run)).rejects.toEqual(refusal('record_invalid', /is not UTF-8/));
  });

  test('that the record is too large, without reading it', async () => {
    const { run, record } = runWithRecord('');
    execFileSync('truncate', ['--size=20M', record]);
    await expect(readRecord(run)).rejects.toEqual(refusal('record_invalid', /too large/));
  });

  test('that the record or its folder is a link', async () => {
    const linkedRecord = runWith({ 'other.json': '{}' });
    mkdirSync(join(linkedRecord, '.exlab-wizard'));
    symlinkSync('../other.json', join(linkedRecord, '.exlab-wizard/creation.json'));
    await expect(readRecord(linkedRecord)).rejects.toEqual(refusal('record_invalid', /creation\.json is a link/));

    const linkedFolder = runWith({ 'other/creation.json': '{}' });
    symlinkSync('other', join(linkedFolder, '.exlab-wizard'));
    await expect(readRecord(linkedFolder)).rejects.toEqual(refusal('record_invalid', /\.exlab-wizard is a link/));
  });

  test('that a folder or a pipe stands in its place, without waiting on it', async () => {
    const folder = emptyFolder();
    mkdirSync(join(folder, '.exlab-wizard/creation.json'), { recursive: true });
    await expect(readRecord(folder)).rejects.toEqual(refusal('record_invalid', /is not a plain file/));

    const pipe = emptyFolder();
    mkdirSync(join(pipe, '.exlab-wizard'));
    execFileSync('mkfifo', [join(pipe, '.exlab-wizard/creation.json')]);
    await expect(readRecord(pipe)).rejects.toEqual(refusal('record_invalid', /is not a plain file/));
  });

  test.skipIf(process.platform === 'win32')('that it may not be read', async () => {
    const { run, record } = runWithRecord('{}');
    chmodSync(record, 0);
    const code = `
      const { readRecord } = await import(${built('run/record/record.js')});
      await readRecord(${JSON.stringify(run)}).catch((error) => console.log(error.code, error.message));`;
    expect(await inChild(code, { asNobody: true })).toMatch(/^record_invalid .*cannot be read \(EACCES\)/);
  });
});
