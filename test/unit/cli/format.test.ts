import { describe, expect, test } from 'vitest';
import { bothTimes, clockTime, localTime, relativeTime } from '#dist/cli/text/format.js';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const local = (...parts: [number, number, number, number, number, number]): number => new Date(...parts).getTime();
const now = local(2026, 10, 22, 12, 3, 4);

test('a time of day is local, with leading zeros', () => {
  expect(clockTime(local(2026, 0, 2, 3, 4, 5))).toBe('03:04:05');
});

test('a time of today needs no day', () => expect(localTime(now - HOUR, now)).toBe('11:03:04'));
test('a time of another day has it', () => expect(localTime(now - 24 * HOUR, now)).toBe('2026-11-21 12:03:04'));

describe('a relative time', () => {
  test.each([
    [-3 * HOUR - MINUTE, '3h ago'],
    [-SECOND, '1s ago'],
    [-400, 'now'],
    [0, 'now'],
    [25 * SECOND, 'in 25s'],
    [3 * 24 * HOUR, 'in 3d'],
  ])('of %d ms is %s', (ms, words) => {
    expect(relativeTime(now + ms, now)).toBe(words);
  });
});

test('both are shown together', () => expect(bothTimes(now - MINUTE, now)).toBe('12:02:04 (1m ago)'));
