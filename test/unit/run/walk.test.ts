import { execFileSync } from 'node:child_process';
import { chmodSync, lstatSync, mkdirSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lookAt } from '#dist/run/inspect-path.js';
import { walkRun } from '#dist/run/walk.js';
import { emptyFolder, HOSTILE_NAMES, put, runWith } from './support.js';

const paths = async (run: string): Promise<string[]> => (await walkRun(run)).entries.map((entry) => entry.path);

describe('walkRun finds', () => {
  test('nothing in an empty run', async () => {
    expect(await walkRun(emptyFolder())).toEqual({ entries: [], refused: [], files: 0, bytes: 0 });
  });

  test('files, hidden ones, empty ones, and empty folders; a folder before what it holds', async () => {
    const run = runWith({ 'b.txt': '123', 'a/b/c.txt': '45', '.hidden': '', 'a.txt': '' });
    mkdirSync(join(run, 'empty'));
    const walk = await walkRun(run);
    expect(walk.entries.map((entry) => [entry.kind, entry.path])).toEqual([
      ['file', '.hidden'],
      ['folder', 'a'],
      ['file', 'a.txt'],
      ['folder', 'a/b'],
      ['file', 'a/b/c.txt'],
      ['file', 'b.txt'],
      ['folder', 'empty'],
    ]);
    expect(walk).toMatchObject({ files: 4, bytes: 5, refused: [] });
  });

  test('every name byte for byte, in the order of the bytes', async () => {
    const run = runWith(Object.fromEntries(HOSTILE_NAMES.map((name) => [name, name])));
    const expected = HOSTILE_NAMES.toSorted((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    expect(await paths(run)).toEqual(expected);
  });

  test('the identity of a file to the nanosecond', async () => {
    const run = runWith({ file: 'abc' });
    utimesSync(join(run, 'file'), 1_700_000_000, 1_700_000_000.123456);
    chmodSync(join(run, 'file'), 0o640);
    const stats = lstatSync(join(run, 'file'), { bigint: true });
    expect((await walkRun(run)).entries).toEqual([
      {
        kind: 'file',
        path: 'file',
        mode: 0o640,
        identity: {
          size: 3,
          mtimeNs: String(stats.mtimeNs),
          ctimeNs: String(stats.ctimeNs),
          dev: String(stats.dev),
          ino: String(stats.ino),
        },
      },
    ]);
  });

  test('a folder named like the record folder deeper down, as data like any other', async () => {
    const run = runWith({ '.exlab-wizard/creation.json': '{}', 'a/.exlab-wizard/data': 'x', 'a/b': '' });
    expect(await paths(run)).toEqual(['a', 'a/.exlab-wizard', 'a/.exlab-wizard/data', 'a/b']);
  });

  test('a top .exlab-wizard that is no folder, as data', async () => {
    expect(await paths(runWith({ '.exlab-wizard': 'x' }))).toEqual(['.exlab-wizard']);
  });

  test('a run whose path ends in a slash', async () => {
    expect(await paths(`${runWith({ a: '' })}/`)).toEqual(['a']);
  });

  test('folders hundreds deep', async () => {
    const run = emptyFolder();
    mkdirSync(join(run, ...Array<string>(800).fill('d')), { recursive: true });
    expect(await paths(run)).toHaveLength(800);
  });

  test('ten thousand files well within three seconds', async () => {
    const run = emptyFolder();
    for (let index = 0; index < 10_000; index += 1) writeFileSync(join(run, `image_${index}.tif`), 'x');
    const started = performance.now();
    expect(await walkRun(run)).toMatchObject({ files: 10_000, bytes: 10_000 });
    expect(performance.now() - started).toBeLessThan(3_000);
  }, 30_000);
});

describe('walkRun refuses, and goes on with the rest,', () => {
  test('a name that is not UTF-8, and shows its bytes', async () => {
    const run = runWith({ good: '' });
    mkdirSync(join(run, 'folder'));
    writeFileSync(Buffer.concat([Buffer.from(`${run}/folder/bad_`), Buffer.from([0xe9, 0x0a])]), '');
    const walk = await walkRun(run);
    expect(walk.entries.map((entry) => entry.path)).toEqual(['folder', 'good']);
    expect(walk.refused).toEqual([
      {
        path: 'folder/bad_\\xe9\\n',
        reason: 'name_not_utf8',
        message: 'the name of "folder/bad_\\xe9\\n" is not valid UTF-8, so no manifest can hold it: rename it',
      },
    ]);
  });

  test('a folder whose name is not UTF-8, with all that it holds, once', async () => {
    const run = emptyFolder();
    const folder = Buffer.concat([Buffer.from(`${run}/`), Buffer.from([0xff])]);
    mkdirSync(folder);
    writeFileSync(Buffer.concat([folder, Buffer.from('/inside')]), '');
    const walk = await walkRun(run);
    expect(walk.entries).toEqual([]);
    expect(walk.refused.map((refusal) => refusal.path)).toEqual(['\\xff']);
  });

  test('a named pipe, without opening it', async () => {
    const run = emptyFolder();
    execFileSync('mkfifo', [join(run, 'pi\npe')]);
    expect(await walkRun(run)).toEqual({
      entries: [],
      files: 0,
      bytes: 0,
      refused: [
        {
          path: 'pi\\npe',
          reason: 'special_file',
          message: '"pi\\npe" is a named pipe, which cannot be copied: remove it, or move it out of the run',
        },
      ],
    });
  });

  test('a socket', async () => {
    const run = emptyFolder();
    const server = createServer();
    await new Promise<void>((listening) => server.listen(join(run, 'socket'), listening));
    onTestFinished(() => void server.close());
    expect((await walkRun(run)).refused).toMatchObject([{ path: 'socket', reason: 'special_file' }]);
  });

  test('each by one line', async () => {
    const run = emptyFolder();
    for (const name of HOSTILE_NAMES) symlinkSync(`/else\nwhere`, join(run, name));
    const { refused } = await walkRun(run);
    expect(refused).toHaveLength(HOSTILE_NAMES.length);
    for (const { path, message } of refused) expect(path + message).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}\u202e]/u);
  });
});

describe('walkRun throws', () => {
  test('local_file_vanished when the run is gone', async () => {
    await expect(walkRun(join(emptyFolder(), 'gone'))).rejects.toMatchObject({ code: 'local_file_vanished' });
  });

  test('local_file_vanished when the run is a file', async () => {
    await expect(walkRun(join(runWith({ file: '' }), 'file'))).rejects.toMatchObject({ code: 'local_file_vanished' });
  });

  test.each(['', '/'])('local_file_vanished when a link stands in place of the run (ending in %j)', async (end) => {
    const folder = runWith({ 'run/file': '' });
    symlinkSync('run', join(folder, 'link'));
    await expect(walkRun(join(folder, 'link') + end)).rejects.toMatchObject({ code: 'local_file_vanished' });
  });

  test('local_file_vanished, naming it, when a file goes between the listing and the look', async () => {
    const run = runWith({ stays: '', 'go\nne': '' });
    let asked = 0;
    const afterTheListing = {
      throwIfAborted: () => undefined,
      get aborted() {
        asked += 1;
        if (asked === 2) rmSync(join(run, 'go\nne'));
        return false;
      },
    } as unknown as AbortSignal;
    await expect(walkRun(run, { signal: afterTheListing })).rejects.toMatchObject({
      code: 'local_file_vanished',
      message: expect.stringMatching(/^"go\\nne" disappeared while the run was being read$/) as string,
    });
  });

  test('local_file_vanished when a folder on the way became a file', async () => {
    await expect(lookAt(runWith({ folder: '' }), 'folder/file')).rejects.toMatchObject({ code: 'local_file_vanished' });
  });

  test("the signal's reason when aborted before", async () => {
    const reason = new Error('enough');
    await expect(walkRun(emptyFolder(), { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  test("the signal's reason when aborted on the way", async () => {
    const run = emptyFolder();
    for (let index = 0; index < 500; index += 1) put(run, `file ${index}`);
    const abort = new AbortController();
    const walk = walkRun(run, { signal: abort.signal });
    setImmediate(() => abort.abort(new Error('enough')));
    await expect(walk).rejects.toThrow('enough');
  });
});
