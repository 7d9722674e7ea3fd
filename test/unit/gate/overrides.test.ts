import fc from 'fast-check';
import { activeOverrides, overridesIn, overrideWarnings } from '#dist/gate/overrides.js';
import { describe, expect, it } from 'vitest';

const NOW = Date.UTC(2026, 10, 22, 12);

const override = (fields: object = {}) => ({
  id: 'o-1',
  problem_class: 'house_rule',
  operator: 'ada',
  recorded_at: '2026-11-01T08:00:00Z',
  reason: 'the vendor names them so',
  revoked: false,
  ...fields,
});

const tombstone = (revokes: unknown, fields: object = {}) => ({
  id: 't-1',
  revokes,
  operator: 'ben',
  recorded_at: '2026-11-02T08:00:00Z',
  reason: 'renamed',
  revoked: true,
  ...fields,
});

const activeIds = (value: unknown, now = NOW): string[] => activeOverrides(value, now).map(({ id }) => id);

describe('an override holds', () => {
  it('without an end', () => {
    expect(activeOverrides([override()], NOW)).toEqual([
      {
        id: 'o-1',
        problemClass: 'house_rule',
        operator: 'ada',
        recordedAt: '2026-11-01T08:00:00.000Z',
        reason: 'the vendor names them so',
        expiresAt: null,
        state: 'active',
        revocation: null,
      },
    ]);
    expect(activeIds([override({ expires_at: null })])).toEqual(['o-1']);
  });

  it('up to the instant of its end, and not at it', () => {
    const value = [override({ expires_at: '2026-11-22T12:00:00Z' })];
    expect(activeIds(value, NOW - 1)).toEqual(['o-1']);
    expect(activeIds(value, NOW)).toEqual([]);
    expect(activeIds(value, NOW + 1)).toEqual([]);
  });

  it('by UTC where its end has no zone', () => {
    const value = [override({ expires_at: '2026-11-22T12:00:00' })];
    expect([activeIds(value, NOW - 1), activeIds(value, NOW)]).toEqual([['o-1'], []]);
  });

  it.each(['', 'soon', '2026-13-01', '2027-02-30T00:00Z', 4e12, true, {}, []])(
    'not at all where its end is %j',
    (expiresAt) => {
      expect(overridesIn([override({ expires_at: expiresAt })], NOW)).toMatchObject([{ state: 'expired' }]);
    },
  );
});

describe('an override ends', () => {
  it('by a tombstone that names it, before or after it, and says whose', () => {
    const revoked = {
      state: 'revoked',
      revocation: { id: 't-1', operator: 'ben', recordedAt: '2026-11-02T08:00:00.000Z', reason: 'renamed' },
    };
    expect(overridesIn([override(), tombstone('o-1')], NOW)).toMatchObject([revoked]);
    expect(overridesIn([tombstone('o-1'), override()], NOW)).toMatchObject([revoked]);
  });

  it('by its own word', () => {
    expect(overridesIn([override({ revoked: true })], NOW)).toMatchObject([{ state: 'revoked', revocation: null }]);
  });

  it('alone: another one of its class goes on', () => {
    expect(activeIds([override(), tombstone('o-1'), override({ id: 'o-2' })])).toEqual(['o-2']);
  });

  it('for good: no tombstone revokes a tombstone', () => {
    const value = [override(), tombstone('o-1'), tombstone('t-1', { id: 't-2' })];
    expect(activeIds(value)).toEqual([]);
    expect(overrideWarnings(value)).toEqual([expect.stringContaining('"t-1"')]);
  });
});

describe('a tombstone that names nothing', () => {
  it('has no effect, and is warned of in one line', () => {
    const value = [override(), tombstone('gone\n')];
    expect(activeIds(value)).toEqual(['o-1']);
    expect(overrideWarnings(value)).toEqual([expect.stringMatching(/^validation_overrides: .*"gone\\n".*no effect$/)]);
    expect(overrideWarnings([override(), tombstone('o-1')])).toEqual([]);
  });
});

describe('what is no override', () => {
  it.each<[string, unknown]>([
    ['no list', { o: override() }],
    ['nothing', undefined],
    ['null', null],
    ['text', 'o-1'],
    ['elements of other kinds', [null, 1, 'o-1', [override()], true]],
    ['a tombstone', [tombstone('x')]],
    ['one that also revokes', [override({ revokes: 'x' })]],
    ['one that revokes something odd', [override({ revokes: null })]],
    ...['id', 'problem_class', 'operator', 'recorded_at', 'reason'].flatMap((key): [string, unknown][] => [
      [`one without ${key}`, [override({ [key]: undefined })]],
      [`one whose ${key} is blank`, [override({ [key]: ' ' })]],
      [`one whose ${key} is no text`, [override({ [key]: 7 })]],
    ]),
    ['one that does not say whether it is revoked', [override({ revoked: undefined })]],
    ['one that says so in words', [override({ revoked: 'false' })]],
  ])('lets nothing pass: %s', (_, value) => {
    expect(activeOverrides(value, NOW)).toEqual([]);
  });

  it('never harms the overrides beside it, whatever it is', () => {
    const isOdd = (value: unknown): boolean => !JSON.stringify(value).includes('revokes');
    fc.assert(
      fc.property(fc.array(fc.jsonValue().filter(isOdd)), fc.array(fc.jsonValue().filter(isOdd)), (before, after) => {
        expect(activeIds([...before, override(), ...after])).toEqual(['o-1']);
      }),
    );
  });
});
