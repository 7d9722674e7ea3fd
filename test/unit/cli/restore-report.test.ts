import { expect, test } from 'vitest';
import type { RestoreResult } from 'nas-sync';
import { restoreReport, troublesOf } from '#dist/cli/views/restore-report.js';

const whole: RestoreResult = {
  ...{ runPath: '/data/Run_1', to: '/data/Run_1', restored: 2, skipped: 1, files: 3, bytes: 10 },
  ...{ conflicts: [], mismatched: [], missing: [] },
};

test('a run that is whole again is one line', () => {
  expect(restoreReport(whole)).toEqual([
    '✔ restored  /data/Run_1  (3 files, 10 B: 2 brought back, 1 in place already)',
  ]);
  expect(troublesOf(whole, false)).toEqual([]);
});

test('another folder is named', () => {
  expect(restoreReport({ ...whole, to: '/scratch' })[0]).toContain('/data/Run_1 in /scratch  (');
});

test('no size is shown that nobody knows', () => {
  expect(restoreReport({ ...whole, bytes: 0 })[0]).toContain('(3 files: 2 brought back');
});

test('each path that did not come is named, with why', () => {
  const result = { ...whole, restored: 0, conflicts: ['a\n'], mismatched: ['b'], missing: ['c'] };
  expect(restoreReport(result)).toEqual([
    expect.stringMatching(/^✖ not whole/u),
    '    in the way: a\\n',
    '    not as it was proven: b',
    '    missing on the NAS: c',
  ]);
});

test('the way out of a conflict depends on what was tried', () => {
  const result = { ...whole, restored: 0, conflicts: ['a'] };
  expect(troublesOf(result, false)).toEqual([expect.stringContaining('restore with --overwrite')]);
  expect(troublesOf(result, true)).toEqual([expect.stringContaining('move it away')]);
});
