import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { walkRecordFolder } from '#dist/run/walk.js';
import { emptyFolder, runWith } from '../support.js';

const paths = async (run: string): Promise<string[]> => (await walkRecordFolder(run)).map((file) => file.path);

describe('walkRecordFolder', () => {
  test('finds the regular files of the record folder, at any depth, sorted, with paths from the run', async () => {
    const run = runWith({
      '.exlab-wizard/creation.json': '{}',
      '.exlab-wizard/z/notes.md': 'x',
      '.exlab-wizard/checksums.sha256': '',
      data: 'x',
      'deeper/.exlab-wizard/data': 'x',
    });
    expect(await paths(run)).toEqual([
      '.exlab-wizard/checksums.sha256',
      '.exlab-wizard/creation.json',
      '.exlab-wizard/z/notes.md',
    ]);
  });

  test('leaves out locks and our own temporary files', async () => {
    const run = runWith({
      '.exlab-wizard/creation.json': '{}',
      '.exlab-wizard/other.lock': '',
      '.exlab-wizard/creation.json.lock/inside': '',
      '.exlab-wizard/.nas-sync-1234.tmp': '',
    });
    expect(await paths(run)).toEqual(['.exlab-wizard/creation.json']);
  });

  test('leaves out links and names that are not UTF-8', async () => {
    const run = runWith({ '.exlab-wizard/creation.json': '{}' });
    symlinkSync('creation.json', join(run, '.exlab-wizard/link'));
    writeFileSync(Buffer.concat([Buffer.from(`${run}/.exlab-wizard/`), Buffer.from([0xff])]), '');
    expect(await paths(run)).toEqual(['.exlab-wizard/creation.json']);
  });

  test('finds nothing where there is no record folder, or a link in its place', async () => {
    expect(await paths(emptyFolder())).toEqual([]);
    const run = runWith({ 'elsewhere/creation.json': '{}' });
    symlinkSync('elsewhere', join(run, '.exlab-wizard'));
    expect(await paths(run)).toEqual([]);
  });

  test('finds nothing in an empty record folder', async () => {
    const run = emptyFolder();
    mkdirSync(join(run, '.exlab-wizard'));
    expect(await paths(run)).toEqual([]);
  });
});
