import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { placeOf } from '#dist/config/equipment.js';
import { defineConfig } from '#dist/config/load.js';
import type { Config } from '#dist/config/schema.js';

const lab = (roots: Record<string, string>): Config =>
  defineConfig({
    equipment: Object.entries(roots).map(([id, localRoot]) => ({
      id,
      localRoot,
      transport: { type: 'mount', path: '/mnt/nas' },
    })),
  });
const shared = lab({ A: '/data/lab', B: '/data/lab' });
const alone = lab({ A: '/data/lab' });
const nested = lab({ A: '/data', B: '/data/lab', C: '/data/lab' });

const found = (config: Config, path: string): string => {
  const { equipment, relativePath } = placeOf(config, path);
  return `${equipment.id}: ${relativePath}`;
};

describe('a run belongs to', () => {
  it.each([
    [
      'the equipment that its first folder names, where a root is shared',
      shared,
      '/data/lab/B/P/Run_1',
      'B: B/P/Run_1',
    ],
    ['the equipment that has the root alone', alone, '/data/lab/P/Run_1', 'A: P/Run_1'],
    ['the same one, where the folder is named like it', alone, '/data/lab/A/Run_1', 'A: A/Run_1'],
    ['the equipment of the nearest root', nested, '/data/lab/C/Run_1', 'C: C/Run_1'],
    ['the equipment of a root further up', nested, '/data/other/Run_1', 'A: other/Run_1'],
    ['its equipment, whatever characters it is named with', alone, '/data/lab/..P/ü\\\n/Run 1', 'A: ..P/ü\\\n/Run 1'],
  ])('%s', (_, config, path, expected) => {
    expect(found(config, path)).toBe(expected);
  });
});

describe('a run is refused that', () => {
  it.each([
    [
      'lies below no root',
      shared,
      '/data/other/A/Run_1',
      '/data/other/A/Run_1 lies below no local_root (configured: /data/lab)',
    ],
    [
      'only begins like a root',
      alone,
      '/data/lab2/Run_1',
      '/data/lab2/Run_1 lies below no local_root (configured: /data/lab)',
    ],
    ['is the root', alone, '/data/lab', '/data/lab is a local_root itself, not a run (configured: /data/lab)'],
    [
      'lies in a folder that names no equipment',
      shared,
      '/data/lab/X/Run_1',
      /^\/data\/lab\/X\/Run_1 lies in no folder that is named like/,
    ],
    ['is the folder of an equipment', shared, '/data/lab/A', /lies in no folder that is named like an equipment/],
    ['lies in a nearer root that does not own it', nested, '/data/lab/A/Run_1', /\(configured: \/data, \/data\/lab\)$/],
    ['holds a root', lab({ A: '/data', B: '/data/lab/b' }), '/data/lab', /holds another equipment's local_root/],
    ['is not an absolute path', alone, 'A/Run_1', /is not an absolute path/],
    ['has no equipment to belong to', lab({}), '/data/lab/Run_1', /\(none is configured\)$/],
    ['is named with a line break', alone, '/tmp/a\nb', /^\/tmp\/a\\u000ab lies below/],
  ])('%s', (_, config, path, message) => {
    expect(() => placeOf(config, path)).toThrow(expect.objectContaining({ code: 'run_outside_roots' }));
    expect(() => placeOf(config, path)).toThrow(message);
  });
});

const segment = fc.string({ minLength: 1 }).filter((name) => !/[/\0]/.test(name) && name !== '.' && name !== '..');
const segments = fc.array(segment, { minLength: 1, maxLength: 4 });

it('is found by its path below the root, so that root and relative path give the run again', () => {
  fc.assert(
    fc.property(fc.constantFrom('A', 'B'), segments, (id, names) => {
      const path = ['/data/lab', id, ...names].join('/');
      const { equipment, relativePath } = placeOf(shared, path);
      expect(equipment.id).toBe(id);
      expect(`${equipment.localRoot}/${relativePath}`).toBe(path);
    }),
  );
});
