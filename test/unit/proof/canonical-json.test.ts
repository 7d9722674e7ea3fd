import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalForm, canonicalSha256, type Json } from '#dist/proof/canonical-json.js';

const json = fc.jsonValue() as fc.Arbitrary<Json>;

/** The same value with the members of every object the other way round. */
function turned(value: Json): Json {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const members = Object.entries(value).reverse();
  return Object.fromEntries(members.map(([key, held]) => [key, turned(held)]));
}

describe('the canonical form', () => {
  it('is that of RFC 8785: keys by UTF-16 code units, numbers and texts as JavaScript writes them', () => {
    // From section 3.2.3 of the RFC, and its numbers.
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\ud83d\ude00': 5, '\u0080': 6, '\u00f6': 7 };
    expect(canonicalForm(value)).toBe('{"\\r":2,"1":4,"\u0080":6,"\u00f6":7,"\u20ac":1,"\ud83d\ude00":5,"\ufb33":3}');
    expect(canonicalForm([1e30, 4.5, 2e-3, 1e-27, true, null, '\u000f\n"\\'])).toBe(
      '[1e+30,4.5,0.002,1e-27,true,null,"\\u000f\\n\\"\\\\"]',
    );
  });

  it('does not depend on the order of keys', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalForm(turned(value))).toBe(canonicalForm(value));
      }),
    );
  });

  it('survives any JSON text of the value, pretty or not', () => {
    fc.assert(
      fc.property(json, fc.nat(4), (value, indent) => {
        const back = JSON.parse(JSON.stringify(value, null, indent)) as Json;
        expect(canonicalForm(back)).toBe(canonicalForm(value));
      }),
    );
  });

  it('is JSON of the same value', () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(JSON.parse(canonicalForm(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('of two values that differ, differs, and so does the hash', () => {
    fc.assert(
      fc.property(json, json, (a, b) => {
        fc.pre(!sameJson(a, b));
        expect(canonicalSha256(a)).not.toBe(canonicalSha256(b));
      }),
    );
  });

  it('is hashed as UTF-8', () => {
    const expected = createHash('sha256').update(Buffer.from('{"ü":"🔬"}', 'utf8')).digest('hex');
    expect(canonicalSha256({ ü: '🔬' })).toBe(expected);
  });
});

/** Compared by members, as the canonical form must not be what decides. */
function sameJson(a: Json, b: Json): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) {
    return JSON.stringify(a) === JSON.stringify(b);
  }
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [one, other] = [new Map(Object.entries(a)), new Map(Object.entries(b))];
  return one.size === other.size && [...one].every(([key, held]) => other.has(key) && sameJson(held, other.get(key)!));
}
