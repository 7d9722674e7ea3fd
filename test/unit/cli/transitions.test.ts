import { describe, expect, test } from 'vitest';
import { isNews, moveLine, movesBetween, type Move } from '#dist/cli/progress/transitions.js';
import { liveJob, liveWith, STARTED, workWith } from './live.js';

const nothing = liveWith([]);
const queued = liveWith([liveJob({ place: 'queued' })]);
const move = (given: Partial<Move> = {}): Move => ({
  at: STARTED,
  jobId: 'j1',
  runPath: '/data/lab/Run_1',
  from: 'queued',
  to: 'running',
  because: null,
  ...given,
});

describe('between two views', () => {
  test('a job that changed its place has moved', () => {
    expect(movesBetween(queued, liveWith([liveJob()]))).toEqual([move()]);
  });

  test('a job that is new has come from nowhere', () => {
    expect(movesBetween(nothing, queued)).toEqual([move({ from: null, to: 'queued' })]);
  });

  test('a job that came back to its place at another time has moved', () => {
    const again = liveWith([liveJob({ place: 'queued', changedAt: STARTED + 1 })]);
    expect(movesBetween(queued, again)).toEqual([move({ at: STARTED + 1, to: 'queued' })]);
  });

  test('progress is no move', () => {
    expect(movesBetween(queued, liveWith([liveJob({ place: 'queued', work: workWith() })]))).toEqual([]);
  });

  test('a job that dropped out of view has not moved', () => expect(movesBetween(queued, nothing)).toEqual([]));
});

describe('a move is told as', () => {
  test('time, run and way', () => {
    expect(moveLine(move())).toMatch(/^\d\d:00:00 Run_1 {2}queued → running$/);
  });

  test('the place alone, where it is not known where it came from', () => {
    expect(moveLine(move({ from: null }))).toMatch(/Run_1 {2}running$/);
  });

  test('one line with the reason, escaped', () => {
    expect(moveLine(move({ runPath: '/data/Run\n1', because: 'a\nb' }))).toMatch(/Run\\n1 {2}.* {2}\(a\\nb\)$/);
  });
});

test.each([
  ['an end', move({ to: 'verified' }), true],
  ['a failure', move({ to: 'failed' }), true],
  ['a reason to wait', move({ to: 'queued', because: 'the NAS is down' }), true],
  ['a step on the way', move(), false],
])('above a drawing, %s is told or left out', (_, made, told) => {
  expect(isNews(made)).toBe(told);
});
