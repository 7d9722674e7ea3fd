import { expect, it } from 'vitest';
import { cleanupDelayMs, countFailuresInRow } from '#dist/scheduler/stages/cleanup-failure.js';

const MINUTE = 60_000;
type Event = Parameters<typeof countFailuresInRow>[0][number]['event'];
const entries = (...events: (Event | [Event, Record<string, unknown>])[]) =>
  events.map((given) =>
    typeof given === 'string' ? { event: given, detail: {} } : { event: given[0], detail: given[1] },
  );

it('the delay doubles from 10 minutes, and ends at 12 hours', () => {
  expect([0, 1, 2, 6, 7, 60].map((failures) => cleanupDelayMs(failures) / MINUTE)).toEqual([10, 20, 40, 640, 720, 720]);
});

it('failures in a row are counted, whatever stands between two of them', () => {
  const between = ['cleanup.failed', 'interlocks.satisfied', 'claimed'] as const;
  expect(countFailuresInRow(entries('claimed', ...between, ...between, 'cleanup.failed'))).toBe(3);
});

it('a result, a new pass or a person begins the count anew', () => {
  for (const event of [
    'cleanup.refused',
    'interlocks.unmet',
    'pass.due',
    'verify.succeeded',
    'cleanup.trashed',
  ] as const) {
    expect(countFailuresInRow(entries('cleanup.failed', event, 'cleanup.failed'))).toBe(1);
  }
  expect(countFailuresInRow(entries(['cleanup.scheduled', { by: 'ada' }], 'cleanup.failed'))).toBe(0);
});
