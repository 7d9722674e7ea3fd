import { expect, it } from 'vitest';
import { skewOf, skewSeen } from '#dist/doctor/clock-skew.js';
import { inUnits } from '#dist/doctor/format-bytes.js';

it.each([
  ['between', 1500, 0],
  ['as coarse as a share keeps it', -900, 0],
  ['ahead', 5000, 3000],
  ['behind', -9000, -10_000],
])('a time that is %s tells the skew', (_, at, skew) => {
  expect(skewOf(at, 1000, 2000)).toBe(skew);
});

it('a clock that is a little off is told, and one that is far off fails', () => {
  expect(skewSeen(5000)).toMatchObject({ ok: true, detail: expect.stringContaining('5 s ahead') });
  expect(skewSeen(-120_000)).toMatchObject({ ok: false, fix: expect.stringContaining('NTP') });
});

it.each([
  [0, '0 bytes'],
  [1023, '1023 bytes'],
  [1536, '1.5 KiB'],
  [1024 ** 3, '1 GiB'],
  [5 * 1024 ** 5, '5 PiB'],
])('%d bytes are %s', (bytes, text) => {
  expect(inUnits(bytes)).toBe(text);
});
