import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunWalk } from '#dist/run/entry.js';
import { built, inChild, put, runWith } from './support.js';

/** Root may read everything, so another user walks. */
async function walkedByNobody(run: string): Promise<RunWalk> {
  const code = `
    const { walkRun } = await import(${built('run/walk.js')});
    console.log(JSON.stringify(await walkRun(${JSON.stringify(run)})));`;
  return JSON.parse(await inChild(code, { asNobody: true })) as RunWalk;
}

/** Closes a place of the run for everybody, until the test is over. */
function close(run: string, path: string, mode: number): void {
  chmodSync(join(run, path), mode);
  onTestFinished(() => chmodSync(join(run, path), 0o755));
}

describe.skipIf(process.platform === 'win32')('walkRun refuses what its user may not read, and goes on:', () => {
  test('a file', async () => {
    const run = runWith({ open: '', closed: '' });
    close(run, 'closed', 0);
    const walk = await walkedByNobody(run);
    expect(walk.entries.map((entry) => entry.path)).toEqual(['open']);
    expect(walk.refused).toEqual([
      {
        path: 'closed',
        reason: 'unreadable',
        message: '"closed" cannot be read (EACCES): give the user that runs nas-sync the right to read it',
      },
    ]);
  });

  test('a folder, with all that it holds, once', async () => {
    const run = runWith({ open: '', 'closed/file': '' });
    close(run, 'closed', 0);
    const walk = await walkedByNobody(run);
    expect(walk.entries.map((entry) => entry.path)).toEqual(['open']);
    expect(walk.refused).toMatchObject([{ path: 'closed', reason: 'unreadable' }]);
  });

  test('the files of a folder that can be listed and not entered', async () => {
    const run = runWith({ 'listed/file': '' });
    close(run, 'listed', 0o444);
    expect((await walkedByNobody(run)).refused).toMatchObject([{ path: 'listed/file', reason: 'unreadable' }]);
  });

  test('the run itself', async () => {
    const folder = runWith({ 'run/file': '' });
    close(folder, 'run', 0);
    expect((await walkedByNobody(join(folder, 'run'))).refused).toMatchObject([{ path: '.', reason: 'unreadable' }]);
  });

  test('a path that is longer than the system takes', async () => {
    const run = runWith({});
    const name = 'd'.repeat(250);
    const code = `
      import { mkdirSync } from 'node:fs';
      process.chdir(${JSON.stringify(run)});
      for (let depth = 0; depth < 20; depth += 1) { mkdirSync('${name}'); process.chdir('${name}'); }`;
    // `fs.rm` cannot remove such a path either.
    onTestFinished(() => void execFileSync('rm', ['-rf', join(run, name)]));
    await inChild(code);
    const walk = await walkedByNobody(run);
    expect(walk.refused).toMatchObject([
      { reason: 'unreadable', message: expect.stringContaining('too long') as string },
    ]);
  });

  test('nothing, where it may read all', async () => {
    const run = runWith({ 'a/b': '' });
    mkdirSync(join(run, 'c'));
    put(run, 'c/d');
    expect(await walkedByNobody(run)).toMatchObject({ files: 2, refused: [] });
  });
});
