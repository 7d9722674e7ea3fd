import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { capKiBps, nextCapChange } from '#dist/config/bandwidth.js';
import type { Bandwidth, BandwidthWindow } from '#dist/config/schema.js';

const DAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
const zone = process.env['TZ'];

beforeAll(() => {
  process.env['TZ'] = 'Europe/Berlin';
  expect(new Date('2026-07-01T00:00:00Z').getHours()).toBe(2);
});
afterAll(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const always = (uploadMbps: number | null): Bandwidth => ({ uploadMbps, schedule: [] });
const within = (...schedule: BandwidthWindow[]): Bandwidth => ({ uploadMbps: 8, schedule });
const everyDay = (from: string, to: string): BandwidthWindow => ({ days: DAYS, from, to });
const cap = (bandwidth: Bandwidth, at: string): number | null => capKiBps(bandwidth, new Date(at));
const change = (bandwidth: Bandwidth, at: string): string | undefined =>
  nextCapChange(bandwidth, new Date(at))?.toISOString();

describe('the cap', () => {
  it.each([
    [8, 1024],
    [50, 6400],
    [0.001, 1],
    [0.01, 1],
    [1, 128],
    [null, null],
  ])('of %s Mbit/s is %s KiB/s', (uploadMbps, expected) => {
    expect(capKiBps(always(uploadMbps), new Date())).toBe(expected);
  });

  it('holds inside a window, from its beginning to just before its end', () => {
    const officeHours = within({ days: ['mon'], from: '08:00', to: '18:00' });
    expect(cap(officeHours, '2026-06-01T07:59:59.999')).toBeNull();
    expect(cap(officeHours, '2026-06-01T08:00:00.000')).toBe(1024);
    expect(cap(officeHours, '2026-06-01T17:59:59.999')).toBe(1024);
    expect(cap(officeHours, '2026-06-01T18:00:00.000')).toBeNull();
    expect(cap(officeHours, '2026-06-02T12:00:00.000')).toBeNull();
  });

  it('may hold to the end of the day', () => {
    expect(cap(within(everyDay('20:00', '24:00')), '2026-06-01T23:59:59.999')).toBe(1024);
    expect(cap(within(everyDay('20:00', '24:00')), '2026-06-02T00:00:00.000')).toBeNull();
  });
});

describe('the next change of the cap', () => {
  it('is the end of the window that holds', () => {
    expect(change(within(everyDay('08:00', '18:00')), '2026-06-01T12:00:00')).toBe('2026-06-01T16:00:00.000Z');
  });

  it('is the beginning of the next window, days away', () => {
    const monday = within({ days: ['mon'], from: '08:07', to: '08:09' });
    expect(change(monday, '2026-06-01T08:09:00')).toBe('2026-06-08T06:07:00.000Z');
  });

  it('is none without windows, and none where windows follow each other for ever', () => {
    expect(change(always(8), '2026-06-01T12:00:00')).toBeUndefined();
    expect(
      change(within(everyDay('00:00', '12:00'), everyDay('12:00', '24:00')), '2026-06-01T12:00:00'),
    ).toBeUndefined();
  });

  it('is the clock change, where a window begins in the hour that is missing', () => {
    const night = within(everyDay('02:30', '04:00'));
    expect(change(night, '2026-03-29T00:30:00Z')).toBe('2026-03-29T01:00:00.000Z');
    expect(change(night, '2026-03-29T01:00:00Z')).toBe('2026-03-29T02:00:00.000Z');
  });

  it('is right where clocks differ from UTC by quarter hours', () => {
    process.env['TZ'] = 'Asia/Kathmandu';
    try {
      expect(change(within(everyDay('08:00', '18:00')), '2026-06-01T12:00:00')).toBe('2026-06-01T12:15:00.000Z');
    } finally {
      process.env['TZ'] = 'Europe/Berlin';
    }
  });

  it('comes twice, where a window lies in the hour that comes twice', () => {
    const night = within(everyDay('02:15', '02:30'));
    const changes = ['2026-10-25T00:00:00Z'];
    for (let i = 0; i < 4; i++) changes.push(change(night, changes.at(-1) ?? '') ?? 'none');
    expect(changes.slice(1)).toEqual([
      '2026-10-25T00:15:00.000Z',
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:15:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ]);
  });
});

const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
const anyWindow = fc
  .tuple(fc.subarray([...DAYS], { minLength: 1 }), fc.nat(1439), fc.integer({ min: 1, max: 1440 }))
  .filter(([, from, to]) => from < to)
  .map(([days, from, to]) => ({ days, from: clock(from), to: clock(to) }));
const daysAround = (date: string) =>
  fc.integer({ min: -3 * 1440, max: 3 * 1440 }).map((minutes) => new Date(Date.parse(date) + minutes * 60_000));
const aroundClockChanges = fc.oneof(daysAround('2026-03-29T01:00:00Z'), daysAround('2026-10-25T01:00:00Z'));

it('does not change before its next change, and has changed then, on the days when clocks change as well', () => {
  fc.assert(
    fc.property(fc.array(anyWindow, { minLength: 1, maxLength: 3 }), aroundClockChanges, (schedule, at) => {
      const bandwidth = within(...schedule);
      const next = nextCapChange(bandwidth, at);
      const end = next?.getTime() ?? at.getTime() + 8 * 86_400_000;
      const now = capKiBps(bandwidth, at);
      for (let time = at.getTime(); time < end; time += 60_000) {
        if (capKiBps(bandwidth, new Date(time)) !== now) return false;
      }
      return next === null || (next > at && capKiBps(bandwidth, next) !== now);
    }),
  );
});
