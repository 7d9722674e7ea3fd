import { isoTime } from '../../clock.js';
import type { CleanupPolicy } from '../../config/schema.js';
import { EVIDENCE, type Interlock } from '../../machines/job-types.js';
import { hoursText, HOUR_MS } from '../duration-text.js';
import { interlock, type PassFacts } from './observations.js';

export const LET_IT_BE_PROVEN = 'let it be synced and proven: `nas-sync run`';

/** How long a proof may carry a deletion: until it is old enough, and two more passes. In ms. */
export const longestProofMs = ({ minAgeHours, passIntervalHours }: CleanupPolicy): number =>
  (minAgeHours + 2 * passIntervalHours) * HOUR_MS;

/** Enough passes, of different invocations: one process that reads wrongly must not vouch for itself. */
export function verifyPasses(facts: PassFacts, policy: CleanupPolicy): Interlock {
  const left = policy.passIntervalHours * HOUR_MS - facts.ageMs;
  const until = facts.lastPassAt === null ? null : facts.now + Math.max(0, left);
  return interlock(
    facts.passes >= policy.minVerifyPasses,
    {
      name: 'verify_passes',
      measured: `${facts.passes} of ${policy.minVerifyPasses} passes`,
      required: `${policy.minVerifyPasses} passes`,
    },
    until === null
      ? LET_IT_BE_PROVEN
      : `the next pass comes by itself at ${isoTime(until)}, while \`nas-sync run\` is at work`,
    until,
  );
}

/** Long enough since the last pass that a fault of that day may have shown. Equality passes. */
export function age(facts: PassFacts, { minAgeHours }: CleanupPolicy): Interlock {
  const left = minAgeHours * HOUR_MS - facts.ageMs;
  const until = facts.now + Math.max(0, left);
  return interlock(
    facts.lastPassAt !== null && left <= 0,
    {
      name: 'age',
      measured: facts.lastPassAt === null ? 'no pass yet' : `${hoursText(facts.ageMs)} since the last pass`,
      required: `${minAgeHours} h since the last pass`,
    },
    facts.lastPassAt === null ? LET_IT_BE_PROVEN : `wait until ${isoTime(until)}`,
    facts.lastPassAt === null ? null : until,
  );
}

/** The NAS side was read well enough. */
export function evidence(facts: PassFacts, { minEvidence }: CleanupPolicy): Interlock {
  const grade = facts.evidence === null ? -1 : EVIDENCE.indexOf(facts.evidence);
  return interlock(
    grade >= EVIDENCE.indexOf(minEvidence),
    { name: 'evidence', measured: facts.evidence ?? 'none', required: `${minEvidence} or stronger` },
    facts.evidence === null
      ? LET_IT_BE_PROVEN
      : `give the equipment a transport that can tell more (see \`nas-sync doctor\`), or set nas_cleanup.min_evidence to ${facts.evidence}`,
  );
}

/** The proof has not run out, by its own date or by the policy as it is now. */
export function proofFresh(facts: PassFacts, policy: CleanupPolicy): Interlock {
  const longest = longestProofMs(policy);
  const fresh = facts.expiresAt !== null && facts.now < facts.expiresAt && facts.ageMs <= longest;
  return interlock(
    fresh,
    {
      name: 'proof_fresh',
      measured:
        facts.expiresAt === null ? 'no proof' : `${hoursText(facts.ageMs)} old, good until ${isoTime(facts.expiresAt)}`,
      required: `at most ${hoursText(longest)} old, and not past its end`,
    },
    'a new pass comes by itself, while `nas-sync run` is at work',
  );
}
