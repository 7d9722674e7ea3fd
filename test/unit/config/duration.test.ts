import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseDuration } from '#dist/config/duration.js';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

it('reads a whole number of any unit', () => {
  const unit = fc.constantFrom('ms', 's', 'm', 'h', 'd' as const);
  fc.assert(
    fc.property(fc.nat(1e8), unit, (amount, name) => {
      expect(parseDuration(`${amount}${name}`)).toBe(amount * units[name]);
    }),
  );
});

it('reads fractions', () => {
  expect(parseDuration('1.5h')).toBe(5_400_000);
});

it('never guesses: a text is a duration in whole milliseconds, or nothing', () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      const duration = parseDuration(text);
      expect(duration === null || (Number.isSafeInteger(duration) && duration >= 0)).toBe(true);
    }),
  );
});

it.each(['', '30', 's', '-1s', '1 s', '1S', '1e3s', '1w', '30s ', '99999999999999d', '1toString'])(
  'takes %j for no duration',
  (text) => {
    expect(parseDuration(text)).toBeNull();
  },
);
