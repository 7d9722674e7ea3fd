import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CleanupPolicy } from '#dist/config/schema.js';
import { loosenedIn, policyInForce } from '#dist/engine/policy-in-force.js';

const GRADES = ['cached-read', 'read-back', 'remote-hash'] as const;

const policy: fc.Arbitrary<CleanupPolicy> = fc.record({
  enabled: fc.boolean(),
  minVerifyPasses: fc.integer({ min: 1, max: 9 }),
  minAgeHours: fc.nat(500),
  retainCache: fc.boolean(),
  minEvidence: fc.constantFrom(...GRADES),
  passIntervalHours: fc.constant(24),
  trashHours: fc.nat(500),
});

/** Whether `a` deletes nothing that `b` would not. */
const asStrict = (a: CleanupPolicy, b: CleanupPolicy): boolean =>
  (!a.enabled || b.enabled) &&
  a.minVerifyPasses >= b.minVerifyPasses &&
  a.minAgeHours >= b.minAgeHours &&
  (a.retainCache || !b.retainCache) &&
  GRADES.indexOf(a.minEvidence) >= GRADES.indexOf(b.minEvidence) &&
  a.trashHours >= b.trashHours;

const holds = (property: (a: CleanupPolicy, b: CleanupPolicy) => boolean) =>
  fc.assert(fc.property(policy, policy, property));

describe('the policy in force', () => {
  it('is in every setting as strict as the accepted one and as the configured one', () => {
    holds((a, b) => asStrict(policyInForce(a, b), a) && asStrict(policyInForce(a, b), b));
  });

  it('takes each setting from one of the two', () => {
    holds((a, b) => {
      const both = policyInForce(a, b);
      return Object.entries(both).every(([key, value]) => [a, b].some((one) => one[key as keyof typeof one] === value));
    });
  });

  it('is the same whichever of the two came first, and stays when it is asked again', () => {
    holds((a, b) => {
      const both = policyInForce(a, b);
      expect(policyInForce(b, a)).toEqual(both);
      expect(policyInForce(both, b)).toEqual(both);
      return true;
    });
  });

  it('is the configured one exactly where that loosens nothing', () => {
    holds((a, b) => {
      expect(loosenedIn(a, b).length === 0).toBe(asStrict(b, a));
      if (asStrict(b, a)) expect(policyInForce(a, b)).toEqual(b);
      return true;
    });
  });

  it('names every setting that was loosened as it is in the file, with both values', () => {
    const strict: CleanupPolicy = {
      ...{ enabled: false, minVerifyPasses: 2, minAgeHours: 24, retainCache: true, minEvidence: 'read-back' },
      ...{ passIntervalHours: 24, trashHours: 24 },
    };
    const loose: CleanupPolicy = {
      ...{ enabled: true, minVerifyPasses: 1, minAgeHours: 0, retainCache: false, minEvidence: 'cached-read' },
      ...{ passIntervalHours: 1, trashHours: 0 },
    };
    expect(loosenedIn(strict, loose)).toEqual([
      { setting: 'nas_cleanup.enabled', accepted: false, configured: true },
      { setting: 'nas_cleanup.min_verify_passes', accepted: 2, configured: 1 },
      { setting: 'nas_cleanup.min_age_hours', accepted: 24, configured: 0 },
      { setting: 'nas_cleanup.retain_cache', accepted: true, configured: false },
      { setting: 'nas_cleanup.min_evidence', accepted: 'read-back', configured: 'cached-read' },
      { setting: 'nas_cleanup.trash_hours', accepted: 24, configured: 0 },
    ]);
    expect(loosenedIn(loose, strict)).toEqual([]);
  });
});
