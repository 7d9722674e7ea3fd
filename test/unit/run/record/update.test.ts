import { execFile } from 'node:child_process';
import {
  lstatSync,
  readFileSync,
  readdirSync,
  statSync,
  symlinkSync,
  mkdirSync,
  utimesSync,
  writeFileSync,
  chmodSync,
  chownSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { temporaryName } from '#dist/run/fs/temp-files.js';
import { updateRecord } from '#dist/run/record/record.js';
import { built, emptyFolder, inChild, put, runWith, runWithRecord } from '../support.js';

const synced = () => [{ path: ['sync_status'], value: 'synced' }];

const FOREIGN = [
  '{',
  '    "schema_version": "1.7",',
  '    "exact": 1.0, "form": 1e3,   "big": 12345678901234567890,',
  '',
  '    "sync_status" :"pending" ,',
  '\t"mixed": {"z":1,"a":[ ]},',
  '    "text": "\\u00e9 \u00e9 \\/"',
  '}  ',
].join('\r\n');

describe('updateRecord', () => {
  test('changes what it is told to and leaves every other byte', async () => {
    const { run, record } = runWithRecord(FOREIGN);
    const updated = await updateRecord(run, synced);
    const expected = FOREIGN.replace('"pending"', '"synced"');
    expect(readFileSync(record, 'utf8')).toBe(expected);
    expect(updated).toMatchObject({ syncStatus: 'synced', text: expected });
  });

  test('adds a key and leaves every other byte', async () => {
    const { run, record } = runWithRecord(FOREIGN);
    await updateRecord(run, () => [{ path: ['nas_sync_run_id'], value: 'id' }]);
    const added = FOREIGN.replace('\\/"', '\\/",\r\n    "nas_sync_run_id": "id"');
    expect(readFileSync(record, 'utf8')).toBe(added);
  });

  test('keeps a BOM', async () => {
    const { run, record } = runWithRecord('\ufeff{"sync_status":"pending"}');
    await updateRecord(run, synced);
    expect(readFileSync(record, 'utf8')).toBe('\ufeff{"sync_status":"synced"}');
  });

  test('computes the change from the record as it is', async () => {
    const { run } = runWithRecord('{"count": 41}');
    const updated = await updateRecord(run, ({ raw }) => [
      { path: ['count'], value: (raw as { count: number }).count + 1 },
    ]);
    expect(updated.raw).toEqual({ count: 42 });
  });

  test('writes nothing when nothing changes', async () => {
    const { run, record } = runWithRecord('{"sync_status": "synced"}');
    const before = lstatSync(record, { bigint: true });
    expect((await updateRecord(run, synced)).syncStatus).toBe('synced');
    expect((await updateRecord(run, () => [])).syncStatus).toBe('synced');
    const after = lstatSync(record, { bigint: true });
    expect([after.ino, after.ctimeNs]).toEqual([before.ino, before.ctimeNs]);
  });

  test('replaces the file in one step: a reader that had it open keeps the old one', async () => {
    const { run, record } = runWithRecord('{}');
    const before = lstatSync(record).ino;
    await updateRecord(run, synced);
    expect(lstatSync(record).ino).not.toBe(before);
  });

  test.each([0o600, 0o640, 0o444, 0o666])('keeps mode %o', async (mode) => {
    const { run, record } = runWithRecord('{}');
    chmodSync(record, mode);
    await updateRecord(run, synced);
    expect(statSync(record).mode & 0o7777).toBe(mode);
  });

  test.skipIf(process.getuid?.() !== 0)('keeps the owner, when it runs as root', async () => {
    const { run, record } = runWithRecord('{}');
    chownSync(record, 12345, 54321);
    await updateRecord(run, synced);
    expect(statSync(record)).toMatchObject({ uid: 12345, gid: 54321 });
  });

  test('leaves no lock and no temporary file behind', async () => {
    const { run } = runWithRecord('{}');
    await updateRecord(run, synced);
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  });

  test('does not undo what a host that knows no lock wrote in the meantime', async () => {
    const { run, record } = runWithRecord('{"host": 1}');
    let calls = 0;
    await updateRecord(run, () => {
      calls += 1;
      if (calls === 1) writeFileSync(record, '{"host": 2}');
      return synced();
    });
    expect(JSON.parse(readFileSync(record, 'utf8'))).toEqual({ host: 2, sync_status: 'synced' });
    expect(calls).toBe(2);
  });

  /** Of a process that is gone: no pid is as large. */
  const deadHere = temporaryName().replace(`-${process.pid}-`, '-99999999-');
  const elsewhere = '.nas-sync-00000000-99999999-0a1b.tmp';

  test('removes at once what a dead writer of this host left, and leaves what a live one is writing', async () => {
    const { run } = runWithRecord('{}');
    const alive = temporaryName();
    for (const name of [deadHere, alive]) put(run, `.exlab-wizard/${name}`);
    await updateRecord(run, synced);
    expect(readdirSync(join(run, '.exlab-wizard')).sort()).toEqual([alive, 'creation.json'].sort());
  });

  test.runIf(process.getuid?.() === 0).each([
    ['another pid namespace', ['--mount-proc']],
    ['a process that sees the /proc of another one', []],
  ])('leaves what a writer in %s may be writing, whatever runs under its number here', async (_, options) => {
    const { run } = runWithRecord('{}');
    const script =
      "console.log((await import('#dist/run/fs/temp-files.js')).temporaryName().replace(/-\\d+-/u, '-99999999-'))";
    const node = [process.execPath, '--input-type=module', '--eval', script];
    const { stdout } = await promisify(execFile)('unshare', ['--pid', '--fork', ...options, ...node]);
    const theirs = stdout.trim();
    put(run, `.exlab-wizard/${theirs}`);
    await updateRecord(run, synced);
    expect(readdirSync(join(run, '.exlab-wizard')).sort()).toEqual([theirs, 'creation.json']);
  });

  test.runIf(process.getuid?.() === 0)(
    'leaves it also in a process that sees the /proc of another namespace',
    async () => {
      const sees = async (script: string): Promise<string> => {
        const module = `const leftovers = await import('#dist/run/fs/temp-files.js'); console.log(${script})`;
        const node = [process.execPath, '--input-type=module', '--eval', module];
        return (await promisify(execFile)('unshare', ['--pid', '--fork', ...node])).stdout.trim();
      };
      const theirs = (await sees('leftovers.temporaryName()')).replace(/-\d+-/u, '-99999999-');
      expect(await sees(`leftovers.isLeftover('${theirs}', Date.now())`)).toBe('false');
      expect(await sees(`leftovers.isLeftover('${theirs}', 0)`)).toBe('true');
    },
  );

  test('removes what a writer of another host left after an hour, and nothing that is not ours', async () => {
    const { run } = runWithRecord('{}');
    const kept = ['.nas-sync-young-0.tmp', 'notes.tmp', '.nas-sync-owner.json'];
    const hourAgo = Date.now() / 1000 - 3601;
    for (const name of [elsewhere, ...kept]) {
      put(run, `.exlab-wizard/${name}`);
      utimesSync(join(run, '.exlab-wizard', name), hourAgo, hourAgo);
    }
    const young = elsewhere.replace('0a1b', 'ff00');
    put(run, `.exlab-wizard/${young}`);
    await updateRecord(run, synced);
    expect(readdirSync(join(run, '.exlab-wizard')).sort()).toEqual(['creation.json', young, ...kept].sort());
  });
});

describe('updateRecord refuses, and leaves the record as it was:', () => {
  test.each([
    ['a record of another major version', '{"schema_version": "2.0"}'],
    ['a broken record', '{"sync_status": '],
    ['a key that stands twice', '{"sync_status": "a", "sync_status": "b"}'],
  ])('%s', async (_, text) => {
    const { run, record } = runWithRecord(text);
    await expect(updateRecord(run, synced)).rejects.toMatchObject({ code: 'record_invalid' });
    expect(readFileSync(record, 'utf8')).toBe(text);
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  });

  test('a change that does not fit', async () => {
    const { run, record } = runWithRecord('{"paths": null}');
    const change = updateRecord(run, () => [{ path: ['paths', 'nas'], value: 'x' }]);
    await expect(change).rejects.toMatchObject({
      code: 'record_invalid',
      message: expect.stringContaining('"nas" was to be set in null') as string,
    });
    expect(readFileSync(record, 'utf8')).toBe('{"paths": null}');
  });

  test('a record that is a link, or lies in a folder that is one', async () => {
    const run = runWith({ 'other/creation.json': '{}' });
    symlinkSync('other', join(run, '.exlab-wizard'));
    await expect(updateRecord(run, synced)).rejects.toMatchObject({ code: 'record_invalid' });
    expect(readdirSync(join(run, 'other'))).toEqual(['creation.json']);
  });

  test('a missing record', async () => {
    const run = emptyFolder();
    await expect(updateRecord(run, synced)).rejects.toMatchObject({ code: 'record_missing' });
    mkdirSync(join(run, '.exlab-wizard'));
    await expect(updateRecord(run, synced)).rejects.toMatchObject({ code: 'record_missing' });
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual([]);
  });

  test.skipIf(process.platform === 'win32')('a record in a folder that may not be written', async () => {
    const { run, record } = runWithRecord('{}');
    const code = `
      const { updateRecord } = await import(${built('run/record/record.js')});
      await updateRecord(${JSON.stringify(run)}, () => [{ path: ['a'], value: 1 }])
        .catch((error) => console.log(error.code, error.message));`;
    chmodSync(join(run, '.exlab-wizard'), 0o555);
    expect(await inChild(code, { asNobody: true })).toMatch(/^record_invalid .*cannot be written \(EACCES\)/);
    expect(readFileSync(record, 'utf8')).toBe('{}');
  });

  test('whatever the change throws, as it is', async () => {
    const { run } = runWithRecord('{}');
    const oops = new Error('oops');
    const change = updateRecord(run, () => {
      throw oops;
    });
    await expect(change).rejects.toBe(oops);
    expect(readdirSync(join(run, '.exlab-wizard'))).toEqual(['creation.json']);
  });
});
