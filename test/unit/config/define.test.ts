import { describe, expect, it } from 'vitest';
import { defineConfig } from '#dist/config/load.js';
import type { ConfigInput } from '#dist/config/schema.js';
import { MINIMAL, parse } from './yaml.js';

const minimal = (): ConfigInput => ({
  equipment: [{ id: 'CONFOCAL_01', localRoot: '/data/lab', transport: { type: 'mount', path: '/mnt/nas' } }],
});

describe('a configuration object', () => {
  it('means the same as the file', () => {
    expect(defineConfig(minimal())).toEqual(parse(MINIMAL));
  });

  it('is copied: later changes to it change nothing', () => {
    const given = { equipment: [], validator: { contentScanExtensions: ['.txt'] } };
    const config = defineConfig(given);
    given.validator.contentScanExtensions.push('.csv');
    expect(config.validator.contentScanExtensions).toEqual(['.txt']);
    expect(Object.isFrozen(given)).toBe(false);
  });

  it('may be a Config already', () => {
    const config = defineConfig(minimal());
    expect(defineConfig(config)).toEqual(config);
  });

  it('may be a changed copy of a Config', () => {
    const config = defineConfig(minimal());
    expect(defineConfig({ ...config, retry: { delaysMs: [50] } }).retry.delaysMs).toEqual([50]);
  });

  it.each([
    ['an unknown key', { colour: 'red' }, 'config: colour: unknown key'],
    ["a file's spelling", { nas_cleanup: {} }, 'config: nas_cleanup: unknown key, did you mean nasCleanup?'],
    ['a password', { password: 'x' }, /^config: password: passwords do not belong here/],
    [
      'a relative path',
      { equipment: [{ ...minimal().equipment[0], localRoot: 'lab' }] },
      'config: equipment[0].localRoot: must be an absolute path',
    ],
  ])('is refused for %s', (_, change, message) => {
    expect(() => defineConfig({ ...minimal(), ...change } as ConfigInput)).toThrow(message);
  });

  it('keeps a database URL with a password, which is in no file', () => {
    const database = 'postgres://lab:hunter2@db01/queue';
    expect(defineConfig({ ...minimal(), database }).database).toBe(database);
  });
});
