import { describe, expect, test } from 'vitest';
import { problemsFirst, standingOf } from '#dist/cli/views/job-status.js';
import { blocked, failedWith, jobWith, verified, waitFor } from './jobs.js';

const running = jobWith({ state: 'running', nextAttemptAt: null });
const closedLane = jobWith({ waitingFor: [waitFor('target_reachable', 'the NAS is down')] });

describe('a job stands as', () => {
  test.each([
    ['blocked', 'the gate refused its run', blocked],
    ['failed', 'it failed', failedWith('auth')],
    ['held up', 'its lane is closed', closedLane],
    ['held up', 'its equipment left the config', jobWith({ waitingFor: [waitFor('equipment_configured', 'gone')] })],
    ['working', 'bytes are pushed', running],
    ['working', 'both sides are compared', jobWith({ state: 'awaiting_verify', nextAttemptAt: null })],
    ['waiting', 'it waits for its turn', jobWith()],
    ['waiting', 'it waits to be compared', jobWith({ state: 'awaiting_verify' })],
    ['done', 'it is verified, and only its deletion waits', verified],
    ['done', 'it waits for an interlock', jobWith({ state: 'cleanup_eligible', waitingFor: [waitFor('age', '1 h')] })],
    ['done', 'it is cleaned', jobWith({ state: 'cleaned', nextAttemptAt: null })],
  ])('%s when %s', (standing, _, job) => {
    expect(standingOf(job)).toBe(standing);
  });
});

test('problems come first', () => {
  const shown = problemsFirst([verified, jobWith(), running, closedLane, failedWith('auth'), blocked]);
  expect(shown.map(standingOf)).toEqual(['blocked', 'failed', 'held up', 'working', 'waiting', 'done']);
});

test('jobs that stand alike keep their order', () => {
  const jobs = ['a', 'b', 'c'].map((jobId) => jobWith({ jobId }));
  expect(problemsFirst(jobs)).toEqual(jobs);
});
