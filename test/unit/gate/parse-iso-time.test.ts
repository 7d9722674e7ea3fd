import { expect, it } from 'vitest';
import { instantOf } from '#dist/gate/parse-iso-time.js';

const NOON = Date.UTC(2026, 1, 28, 12);

it.each([
  ['2026-02-28T12:00:00Z', NOON],
  ['2026-02-28T12:00Z', NOON],
  ['2026-02-28T12:00:00', NOON],
  ['2026-02-28 12:00:00', NOON],
  ['2026-02-28T12:00:00.000000+00:00', NOON],
  ['2026-02-28T13:30:00+01:30', NOON],
  ['2026-02-28T13:30:00+0130', NOON],
  ['2026-02-28T07:00-05:00', NOON],
  ['2026-02-28T12:00:00.001Z', NOON + 1],
  ['2026-02-28', NOON - 12 * 3_600_000],
  ['2024-02-29', Date.UTC(2024, 1, 29)],
])('%s is a time; without a zone, of UTC', (text, at) => {
  expect(instantOf(text)).toBe(at);
});

it.each([
  '',
  'tomorrow',
  '30d',
  '2026',
  '2026-02',
  '2026-02-30',
  '2026-02-29T00:00Z',
  '2026-13-01',
  '2026-02-28T24:00Z',
  '2026-02-28T12:60Z',
  '2026-02-28T12Z',
  '2026-02-28T12:00+25:00',
  '2026-02-28T12:00Z or so',
  '28/02/2026',
  '1772280000000',
  '+010000-01-01T00:00Z',
])('%j is none', (text) => {
  expect(instantOf(text)).toBeNull();
});
