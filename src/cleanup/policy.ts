import type { CleanupPolicy } from '../config/schema.js';
import type { PolicyInForce } from '../engine/accepted-policies.js';
import type { JobContext, JobEvent, WaitingFor } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { HOUR_MS } from './duration-text.js';
import type { PassFacts } from './interlocks/observations.js';
import { age, longestProofMs, verifyPasses } from './interlocks/pass-interlocks.js';

/** `steady` by the clock that nobody sets, `now` by the one on the wall. Both in ms. */
export interface Moment {
  readonly now: number;
  readonly steady: number;
}

interface Rest {
  readonly until: number | null;
  readonly waitingFor: readonly WaitingFor[];
}

const SOON_MS = 1000;

export const NOT_ACCEPTED = 'nas_cleanup.enabled: true is not accepted yet';
export const ACCEPT_IT = '`nas-sync run --accept-policy`';

const never = ({ trashed }: JobContext, { unaccepted }: PolicyInForce): Rest & { readonly until: null } => ({
  until: null,
  waitingFor: [
    {
      name: 'cleanup_enabled',
      ok: false,
      measured: `${unaccepted ? NOT_ACCEPTED : 'nas_cleanup.enabled is false'}${trashed === null ? '' : `; ${trashMeasured(trashed.leftInPlace)}, and stay`}`,
      required: unaccepted ? ACCEPT_IT : 'nas_cleanup.enabled: true',
      until: null,
    },
  ],
});

/** What the job's row alone tells of its passes. */
export const passFactsOf = (context: JobContext, { now, steady }: Moment): PassFacts => ({
  now,
  passes: context.verifyPasses,
  evidence: context.proof?.evidence ?? null,
  lastPassAt: context.proof === null ? null : context.verifiedAt,
  ageMs: context.proof === null ? 0 : Math.max(0, steady - context.proof.steadyAt),
  expiresAt: context.proof?.expiresAt ?? null,
});

/** What a job whose time has come gets: `claimed` where there is work for it, else what the policy says of it. Pure. */
export function eventWhenDue(job: Job, policy: PolicyInForce, moment: Moment): JobEvent {
  const { context, state } = job;
  const at = moment.now;
  if (context === null || (state !== 'verified' && state !== 'cleanup_eligible')) return { type: 'claimed', at };
  if (!policy.enabled) return { type: 'cleanup.disabled', at, ...never(context, policy) };
  const reason = passDue(context, policy, moment);
  if (reason !== null) return { type: 'pass.due', at, reason };
  const rest = restOf(context, policy, moment);
  if (state === 'verified' && context.verifyPasses >= policy.minVerifyPasses) {
    return { type: 'cleanup.scheduled', at, ...(rest ?? { until: at, waitingFor: [] }) };
  }
  if (rest === null) return { type: 'claimed', at };
  // An answer that lay in the past would be asked for again at once, and for ever.
  return { type: 'interlocks.unmet', at, ...rest, until: Math.max(rest.until ?? 0, at + SOON_MS) };
}

/** How a job rests once its pass has succeeded, whose context this is. */
export function restAfterPass(context: JobContext, policy: PolicyInForce, moment: Moment): Rest {
  if (!policy.enabled) return never(context, policy);
  if (context.verifyPasses < policy.minVerifyPasses) return waitFor(verifyPasses(passFactsOf(context, moment), policy));
  return { until: moment.now, waitingFor: [] };
}

/** Why a pass is due now, or `null`. */
function passDue(context: JobContext, policy: CleanupPolicy, moment: Moment): string | null {
  const facts = passFactsOf(context, moment);
  const passes = verifyPasses(facts, policy);
  if (!passes.ok && (passes.until ?? 0) <= moment.now) return `pass ${facts.passes + 1} of ${policy.minVerifyPasses}`;
  if (facts.ageMs > longestProofMs(policy) || moment.now >= (facts.expiresAt ?? 0)) return 'the proof has run out';
  return trashPassDue(context, policy, moment) ? 'the trash is emptied soon' : null;
}

/** One more pass while everything can still come back, early enough to be of the age that the policy asks. */
function trashPassDue({ trashed, proof }: JobContext, policy: CleanupPolicy, { steady }: Moment): boolean {
  if (trashed === null || proof === null || policy.trashHours <= policy.minAgeHours) return false;
  const at = trashed.steadyAt + (policy.trashHours - policy.minAgeHours) * HOUR_MS;
  return steady >= at && proof.steadyAt < at;
}

/** What time alone will satisfy, or `null`. */
function restOf(context: JobContext, policy: CleanupPolicy, moment: Moment): Rest | null {
  const facts = passFactsOf(context, moment);
  const passes = verifyPasses(facts, policy);
  if (!passes.ok) return waitFor(passes);
  if (context.trashed !== null) {
    const rest = trashRest(context.trashed, policy, moment);
    return rest && { ...rest, until: Math.min(rest.until, proofEnd(facts, policy)) };
  }
  const old = age(facts, policy);
  return old.ok ? null : waitFor(old);
}

/** The first moment at which the proof has run out. */
const proofEnd = ({ now, ageMs, expiresAt }: PassFacts, policy: CleanupPolicy): number =>
  Math.min(now + longestProofMs(policy) - ageMs + 1, expiresAt ?? now);

/** Where the files of a run wait for the end of `nas_cleanup.trash_hours`, in words. */
export const trashMeasured = (leftInPlace: boolean | undefined): string =>
  leftInPlace === true
    ? 'the disk has no room for the trash: its files wait at their own place'
    : 'its files are in the trash';

function trashRest(
  trashed: NonNullable<JobContext['trashed']>,
  { trashHours, minAgeHours }: CleanupPolicy,
  { now, steady }: Moment,
): (Rest & { readonly until: number }) | null {
  const endsIn = trashed.steadyAt + trashHours * HOUR_MS - steady;
  if (endsIn <= 0) return null;
  const lookIn = endsIn - minAgeHours * HOUR_MS;
  const until = now + endsIn;
  return {
    until: lookIn > 0 ? now + lookIn : until,
    waitingFor: [
      {
        name: 'trash',
        ok: false,
        measured: trashMeasured(trashed.leftInPlace),
        required: `${trashHours} h in it`,
        until,
      },
    ],
  };
}

const waitFor = ({ name, ok, measured, required, until }: WaitingFor): Rest => ({
  until,
  waitingFor: [{ name, ok, measured, required, until }],
});
