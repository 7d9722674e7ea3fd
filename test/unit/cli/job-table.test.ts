import { describe, expect, test } from 'vitest';
import { jobTable } from '#dist/cli/views/job-table.js';
import { findingLine, reasonsOf } from '#dist/cli/views/reasons.js';
import { blocked, failedWith, jobWith, NOW, verified, waitFor } from './jobs.js';

const rowOf = (job: Parameters<typeof jobTable>[0][number]): string => jobTable([job], NOW)[1] ?? '';

test('a row says state, equipment, size and run', () => {
  expect(rowOf({ ...verified, files: 3, bytes: 2_500_000 })).toMatch(
    /^✔ verified {2}SCOPE {6} {4}3 {2}2.5 MB {2}\d\d:57:00 \(3m ago\) {2}\/data\/lab\/Run_1$/,
  );
});

test('a row without colour still says the state in words', () => {
  expect(rowOf(failedWith('auth'))).toMatch(/^✖ failed /);
});

test('a path that would move the cursor is shown escaped', () => {
  expect(rowOf(jobWith({ runPath: '/data/\x1b[2Jx\n' }))).toContain('/data/\\x1b[2Jx\\n');
});

test('the reason stands below the row, escaped', () => {
  expect(jobTable([failedWith('auth', 'no\nway')], NOW)[2]).toBe('    auth: no\\nway');
});

describe('the reasons of', () => {
  test('a blocked run are its findings, with the rule', () => {
    expect(reasonsOf(blocked, NOW)).toEqual(['"p" is a named pipe [unsupported_entry]']);
  });

  test('a failed job is its error', () => expect(reasonsOf(failedWith('auth'), NOW)).toEqual(['auth: it broke']));

  test('a job that is put off are what it waits for and its next attempt', () => {
    const job = jobWith({
      waitingFor: [waitFor('lane', 'the NAS is down')],
      nextAttemptAt: '2026-11-22T12:00:30.000Z',
    });
    expect(reasonsOf(job, NOW)).toEqual(['the NAS is down', expect.stringMatching(/^next attempt .*\(in 30s\)$/)]);
  });

  test('a job that backs off begin with the error', () => {
    const { lastError } = failedWith('network', 'no route');
    const job = jobWith({ waitingFor: [waitFor('backoff', 'attempt 1 failed: network')], lastError });
    expect(reasonsOf(job, NOW).slice(0, 2)).toEqual(['network: no route', 'attempt 1 failed: network']);
  });

  test.each([
    ['a verified job', verified],
    ['a job that waits for its turn', jobWith()],
  ])('%s are none', (_, job) => {
    expect(reasonsOf(job, NOW)).toEqual([]);
    expect(reasonsOf(job, NOW, { all: true })).not.toEqual([]);
  });
});

test('a finding names its subject once', () => {
  const finding = blocked.blockingFindings[0]!;
  expect([findingLine(finding), findingLine({ ...finding, subject: 'run_kind' })]).toEqual([
    '"p" is a named pipe',
    'run_kind: "p" is a named pipe',
  ]);
});
