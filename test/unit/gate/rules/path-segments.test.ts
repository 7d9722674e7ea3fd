import { posix, win32 } from 'node:path';
import { expect, test } from 'vitest';
import { wayTo } from '#dist/gate/rules/path-segments.js';

test.each([
  ['POSIX', posix, '/lab', '/lab/EQ/Run_1', ['EQ', 'Run_1'], '/lab/EQ'],
  ['POSIX, the root being /', posix, '/', '/EQ/Run_1', ['EQ', 'Run_1'], '/EQ'],
  ['a name that begins with two dots', posix, '/lab', '/lab/..x/R', ['..x', 'R'], '/lab/..x'],
  ['a backslash in a POSIX name', posix, '/lab', '/lab/a\\b/R', ['a\\b', 'R'], '/lab/a\\b'],
  ['a drive', win32, 'D:\\lab', 'D:\\lab\\EQ\\Run_1', ['EQ', 'Run_1'], 'D:\\lab\\EQ'],
  ['a drive as the root', win32, 'D:\\', 'D:\\EQ\\Run_1', ['EQ', 'Run_1'], 'D:\\EQ'],
  ['a drive in another case', win32, 'd:\\LAB', 'D:\\lab\\EQ\\Run_1', ['EQ', 'Run_1'], 'd:\\LAB\\EQ'],
  ['a UNC share', win32, '\\\\nas\\lab', '\\\\nas\\lab\\EQ\\Run_1', ['EQ', 'Run_1'], '\\\\nas\\lab\\EQ'],
  ['a long path', win32, '\\\\?\\C:\\lab', '\\\\?\\C:\\lab\\EQ\\R', ['EQ', 'R'], '\\\\?\\C:\\lab\\EQ'],
  ['a root that is not above the run', win32, 'C:\\lab', 'D:\\EQ\\Run_1', ['EQ', 'Run_1'], 'D:\\EQ'],
  ['a root beside the run', posix, '/lab', '/data/EQ/R', ['data', 'EQ', 'R'], '/data'],
] as const)('%s: only what stands below the root has names', (_, path, root, runPath, names, first) => {
  const way = wayTo({ root, runPath }, path);
  expect(way.map(({ name }) => name)).toEqual(names);
  expect(way[0]).toEqual({ name: names[0], path: first, kind: 'folder' });
});
