import { posix, win32 } from 'node:path';
import { describe, expect, test } from 'vitest';
import { orphanFinding } from '#dist/gate/audit.js';
import { modePrefixMismatch } from '#dist/gate/rules/mode-prefix.js';
import { runFacts } from '#dist/gate/rules/path-segments.js';
import { missingRequiredField } from '#dist/gate/rules/required-field.js';
import { messagesOf, recordOf } from './support.js';

const mismatches = (kind: unknown, ...names: string[]): string[][] =>
  [
    { path: posix, top: '/lab' },
    { path: win32, top: 'D:\\' },
    { path: win32, top: '\\\\nas\\lab' },
  ].map(({ path, top }) => {
    const runPath = path.join(top, ...names);
    const facts = runFacts({ runPath, root: top, record: recordOf({ run_kind: kind }) }, path);
    return modePrefixMismatch.checks.run!(facts).map((found) => path.relative(top, found.path).replaceAll('\\', '/'));
  });

const everywhere = (found: string[]): string[][] => [found, found, found];

describe('mode_prefix_mismatch', () => {
  test.each([
    ['experimental', 'Runs', 'Run_1'],
    ['test', 'TestRuns', 'TestRun_1'],
    ['test', 'EQ', 'PROJ', '2026', 'TestRuns', 'TestRun_1'],
    ['calibration', 'Other', 'name'],
    [null, 'TestRuns', 'Run_1'],
    [7, 'TestRuns', 'Run_1'],
  ])('lets %s in %s/%s pass', (kind, ...names) => {
    expect(mismatches(kind, ...(names as string[]))).toEqual(everywhere([]));
  });

  test.each([
    ['experimental', ['Runs', 'TestRun_1'], ['Runs/TestRun_1']],
    ['experimental', ['TestRuns', 'Run_1'], ['TestRuns']],
    ['experimental', ['a', 'b', 'c', 'd', 'TestRuns', 'TestRun_1'], ['a/b/c/d/TestRuns', 'a/b/c/d/TestRuns/TestRun_1']],
    ['test', ['TestRuns', 'Run_1'], ['TestRuns/Run_1']],
    ['test', ['Runs', 'TestRun_1'], ['Runs']],
    ['experimental', ['runs', 'run_1'], ['runs', 'runs/run_1']],
    ['experimental', ['Runs', 'Run1'], ['Runs/Run1']],
    ['experimental', ['Runs', 'x', 'Run_1'], ['Runs/x']],
  ])('finds each signal that disagrees: %s in %j', (kind, names, found) => {
    expect(mismatches(kind, ...names)).toEqual(everywhere(found));
  });

  test('says both sides, and what to do', () => {
    const facts = runFacts(
      { runPath: '/lab/Runs/A', root: '/lab', record: recordOf({ run_kind: 'experimental' }) },
      posix,
    );
    expect(messagesOf(modePrefixMismatch, 'run', facts)).toEqual([
      'run_kind is "experimental", and the run is named "A", not "Run_…": rename it, or put run_kind right',
    ]);
  });
});

describe('missing_required_field', () => {
  const missing = (fields: object): string[] =>
    messagesOf(
      missingRequiredField,
      'run',
      runFacts({ runPath: '/lab/R', root: '/lab', record: recordOf(fields) }, posix),
    );

  test.each(['1.5', '1.10', '1.5.1', 1.5])('finds it in a record of schema %s', (schema_version) => {
    expect(missing({ schema_version })[0]).toContain('lims_project');
    expect(missing({ schema_version, lims_project: 'P-1' })).toEqual([]);
  });

  test.each(['1.4', '1.4.9', '1', 1, null])('finds nothing in a record of schema %s', (schema_version) => {
    expect(missing({ schema_version })).toEqual([]);
  });

  test.each([null, '', '  '])('takes %j for missing', (lims_project) => {
    expect(missing({ schema_version: '1.5', lims_project })).toHaveLength(1);
  });
});

test('orphan is a soft finding about the run, on one line', () => {
  expect(orphanFinding('/lab/a\nb')).toMatchObject({ rule: 'orphan', tier: 'soft', subject: '/lab/a\\nb' });
  expect(orphanFinding('/lab/a\nb').message).toContain("nas-sync adopt '/lab/a\\nb'");
});
