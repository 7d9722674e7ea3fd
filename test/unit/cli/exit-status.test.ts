import { expect, test } from 'vitest';
import { NasSyncError } from 'nas-sync';
import { errorStatusOf, syncStatusOf, worstOf } from '#dist/cli/exit-status.js';
import { blocked, failedWith, jobWith, verified } from './jobs.js';

test.each([
  ['a verified job', verified, 0],
  ['a cleaned job', jobWith({ state: 'cleaned' }), 0],
  ['a job that still waits', jobWith(), 1],
  ['a failed job', failedWith('network'), 1],
  ['a run that the gate refused', blocked, 3],
  ['a job whose copy does not match', failedWith('hash_mismatch'), 4],
])('sync ends for %s with its status', (_, job, status) => {
  expect(syncStatusOf(job)).toBe(status);
});

test.each([
  [[], 0],
  [[0, 0], 0],
  [[0, 3], 3],
  [[3, 4], 4],
  [[4, 1, 3], 1],
  [[1, 5], 5],
  [[5, 2, 4], 2],
])('of %j one is the exit status', (statuses, worst) => {
  expect(worstOf(statuses)).toBe(worst);
});

test('an error of ours has the status of its code', () => {
  expect(errorStatusOf(new NasSyncError('record_busy', 'held'))).toBe(5);
});

test('any other error means that the work could not be done', () => expect(errorStatusOf(new Error('EIO'))).toBe(1));
