import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { durableWrite, syncFolder } from '#dist/run/fs/durable-write.js';
import { emptyFolder, runWith } from '../support.js';

describe('durableWrite', () => {
  test('makes a file, of text or bytes', async () => {
    const folder = emptyFolder();
    await durableWrite(join(folder, 'text'), '\u00e9');
    await durableWrite(join(folder, 'bytes'), Buffer.from([0, 255]));
    expect(readFileSync(join(folder, 'text'), 'utf8')).toBe('\u00e9');
    expect(readFileSync(join(folder, 'bytes'))).toEqual(Buffer.from([0, 255]));
  });

  test('replaces a file', async () => {
    const folder = runWith({ file: 'a longer old content' });
    await durableWrite(join(folder, 'file'), 'new');
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('new');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('gives the mode that it is told, whatever the umask', async () => {
    const file = join(emptyFolder(), 'file');
    await durableWrite(file, '', { mode: 0o666 });
    expect(statSync(file).mode & 0o7777).toBe(0o666);
  });

  test('never replaces when it is told to be exclusive', async () => {
    const folder = runWith({ file: 'old' });
    await expect(durableWrite(join(folder, 'file'), 'new', { exclusive: true })).rejects.toMatchObject({
      code: 'EEXIST',
    });
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('has its data under another name, and nothing under its own, until it is complete', async () => {
    const folder = runWith({ file: 'old' });
    let seen: string[] = [];
    await durableWrite(join(folder, 'file'), 'new', {
      beforeNaming: () => {
        seen = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
        return Promise.resolve();
      },
    });
    expect(seen.sort()).toEqual(['new', 'old']);
  });

  test('leaves the old content and nothing else when it is abandoned', async () => {
    const folder = runWith({ file: 'old' });
    const enough = new Error('enough');
    const write = durableWrite(join(folder, 'file'), 'new', { beforeNaming: () => Promise.reject(enough) });
    await expect(write).rejects.toBe(enough);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('old');
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('leaves nothing behind when the name is taken by a folder', async () => {
    const folder = runWith({ 'file/inside': '' });
    await expect(durableWrite(join(folder, 'file'), 'new')).rejects.toMatchObject({ code: 'EISDIR' });
    expect(readdirSync(folder)).toEqual(['file']);
  });

  test('says when the folder is not there', async () => {
    await expect(durableWrite(join(emptyFolder(), 'gone/file'), '')).rejects.toMatchObject({ code: 'ENOENT' });
    await expect(syncFolder(join(emptyFolder(), 'gone'))).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
