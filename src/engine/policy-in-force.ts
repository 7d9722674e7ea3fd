import type { CleanupPolicy } from '../config/schema.js';
import type { PolicyChange } from '../events.js';
import { EVIDENCE } from '../machines/job-types.js';

/** `pass_interval_hours` is a timetable: a longer one lets proofs last longer, a shorter one brings passes sooner. */
type Ranked = Omit<CleanupPolicy, 'passIntervalHours'>;

/** Names as they are in the file, and which of two values deletes less, or later. */
const SETTINGS: { readonly [Key in keyof Ranked]: readonly [name: string, rank: Rank<Ranked[Key]>] } = {
  enabled: ['enabled', (enabled) => (enabled ? 0 : 1)],
  minVerifyPasses: ['min_verify_passes', Number],
  minAgeHours: ['min_age_hours', Number],
  retainCache: ['retain_cache', Number],
  minEvidence: ['min_evidence', (grade) => EVIDENCE.indexOf(grade)],
  trashHours: ['trash_hours', Number],
};

/** The higher, the stricter. */
type Rank<T> = (value: T) => number;
type Setting = keyof Ranked;
const KEYS = Object.keys(SETTINGS) as Setting[];

const rankOf = (key: Setting, policy: CleanupPolicy): number => (SETTINGS[key][1] as Rank<unknown>)(policy[key]);

const isLooser = (key: Setting, than: CleanupPolicy, policy: CleanupPolicy): boolean =>
  rankOf(key, policy) < rankOf(key, than);

/** For every setting the stricter of both: until a person accepts a looser policy, what was accepted goes on to count. */
export function policyInForce(accepted: CleanupPolicy, configured: CleanupPolicy): CleanupPolicy {
  const stricter = KEYS.filter((key) => isLooser(key, accepted, configured)).map((key) => [key, accepted[key]]);
  return { ...configured, ...(Object.fromEntries(stricter) as Partial<CleanupPolicy>) };
}

/** The settings in which the configured policy permits more than the accepted one. */
export const loosenedIn = (accepted: CleanupPolicy, configured: CleanupPolicy): PolicyChange[] =>
  KEYS.filter((key) => isLooser(key, accepted, configured)).map((key) => ({
    setting: `nas_cleanup.${SETTINGS[key][0]}`,
    accepted: accepted[key],
    configured: configured[key],
  }));
