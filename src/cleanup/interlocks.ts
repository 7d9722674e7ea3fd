import type { Config } from '../config/schema.js';
import { isoTime } from '../clock.js';
import { EVIDENCE, type Evidence, type Interlock, type Kept } from '../machines/job-types.js';
import { shellWord } from '../run/shell-word.js';
import { hoursText, HOUR_MS } from './hours.js';

export type CleanupPolicy = Config['nasCleanup'];

/** What is known of the passes at this moment. Times are ms since the epoch; spans are told by the steady clock. */
export interface PassFacts {
  readonly now: number;
  /** Passes that count, each of an invocation of its own. */
  readonly passes: number;
  readonly evidence: Evidence | null;
  readonly lastPassAt: number | null;
  /** Since the last pass, in ms. A clock that was set counts for nothing in it. */
  readonly ageMs: number;
  readonly expiresAt: number | null;
}

/** What was seen of both sides. */
export interface SceneFacts {
  readonly runPath: string;
  /** Why the target does not answer as itself, or `null`. */
  readonly unreachable: string | null;
  /** Proven files that the target does not list with their size; `null` where it was not asked. */
  readonly notListed: readonly string[] | null;
  /** Proven files whose content on the target is another; `null` where it was not read again. */
  readonly damaged: readonly string[] | null;
  /** When the last tombstones were written: ms, or `null` for a time that cannot be read. */
  readonly revocations: readonly (number | null)[];
  /** What the gate has against the run now, in words, or `null`. */
  readonly blocked: string | null;
  readonly changed: readonly Kept[];
  readonly unproven: readonly Kept[];
  /** Files with new times whose content was not read yet. */
  readonly touched: number;
  readonly files: number;
}

type Made = Omit<Interlock, 'ok' | 'until' | 'fix'>;

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
      ? 'let it be synced and proven: `nas-sync run`'
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
    facts.lastPassAt === null ? 'let it be synced and proven: `nas-sync run`' : `wait until ${isoTime(until)}`,
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
      ? 'let it be synced and proven: `nas-sync run`'
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

export function targetReachable({ unreachable }: SceneFacts): Interlock {
  return interlock(
    unreachable === null,
    {
      name: 'target_reachable',
      measured: unreachable ?? 'it answers, with its identity token',
      required: 'the NAS that was met at first contact answers',
    },
    'mount or mend the way to the NAS: `nas-sync doctor` says what is wrong',
  );
}

/** Storage may have answered success and not have the file. */
export function targetPresent({ notListed, files }: SceneFacts): Interlock {
  return interlock(
    notListed !== null && notListed.length === 0,
    {
      name: 'target_present',
      measured:
        notListed === null
          ? 'the NAS was not asked'
          : notListed.length === 0
            ? `${files} of ${files} files listed with their size`
            : `not there, or of another size: ${some(notListed)}`,
      required: 'every proven file is listed on the NAS with its size',
    },
    notListed === null ? 'what stands above comes first' : 'the next pass heals it from the local copy: `nas-sync run`',
  );
}

/** Sizes do not tell a flipped byte: what is about to go is compared by content once more. */
export function targetUnchanged({ damaged, notListed }: SceneFacts, { lastPassAt }: PassFacts): Interlock {
  const asProven = damaged === null && notListed?.length === 0 && lastPassAt !== null;
  return interlock(
    asProven || damaged?.length === 0,
    {
      name: 'target_unchanged',
      measured: asProven
        ? `as proven at ${isoTime(lastPassAt)}; read again before the first file goes`
        : damaged === null
          ? 'the NAS was not read'
          : damaged.length === 0
            ? 'every file read again, and the same'
            : `another content: ${some(damaged)}`,
      required: 'every proven file has its content on the NAS',
    },
    damaged === null ? 'what stands above comes first' : 'the next pass heals it from the local copy: `nas-sync run`',
  );
}

/** Who takes an override back wants the run looked at again. */
export function noRevocation({ revocations }: SceneFacts, { lastPassAt, now, ageMs }: PassFacts): Interlock {
  // Where the wall clock was set back since, what was written after the pass bears an earlier time.
  const passAt = lastPassAt === null ? null : Math.min(lastPassAt, now - ageMs);
  const unreadable = revocations.filter((at) => at === null).length;
  const since = revocations.filter((at) => at !== null && passAt !== null && at >= passAt).length;
  return interlock(
    unreadable === 0 && since === 0 && lastPassAt !== null,
    {
      name: 'no_revocation',
      measured:
        lastPassAt === null
          ? 'no pass yet'
          : unreadable > 0
            ? `${unreadable} written at a time that cannot be read`
            : `${since} since the last pass`,
      required: 'no override was revoked since the last pass',
    },
    unreadable > 0
      ? "mend `recorded_at` of the tombstones in the run's record"
      : 'the next pass, when the proof runs out, clears it',
  );
}

export function gate({ blocked, runPath }: SceneFacts): Interlock {
  return interlock(
    blocked === null,
    { name: 'gate', measured: blocked ?? 'eligible', required: 'the gate lets the run pass now' },
    `see \`nas-sync gate ${shellWord(runPath)}\`: mend what it finds, or override it`,
  );
}

export function sourceUnchanged({ changed, touched, runPath }: SceneFacts): Interlock {
  return interlock(
    changed.length === 0,
    {
      name: 'source_unchanged',
      measured: changed.length === 0 ? untouched(touched) : listed(changed),
      required: 'every local file is the proven one',
    },
    `let the change be synced too: \`nas-sync enqueue ${shellWord(runPath)}\`; or put back what was proven: \`nas-sync restore ${shellWord(runPath)}\``,
  );
}

export function nothingUnproven({ unproven, runPath }: SceneFacts): Interlock {
  return interlock(
    unproven.length === 0,
    {
      name: 'nothing_unproven',
      measured: unproven.length === 0 ? 'nothing else is in the run' : listed(unproven),
      required: 'nothing is in the run that the proof does not name',
    },
    `let it be synced too: \`nas-sync enqueue ${shellWord(runPath)}\`; or move it out of the run`,
  );
}

/** All of them, cheapest first. A deletion needs every one. */
export const allInterlocks = (passes: PassFacts, scene: SceneFacts, policy: CleanupPolicy): Interlock[] => [
  verifyPasses(passes, policy),
  age(passes, policy),
  evidence(passes, policy),
  proofFresh(passes, policy),
  noRevocation(scene, passes),
  gate(scene),
  sourceUnchanged(scene),
  nothingUnproven(scene),
  targetReachable(scene),
  targetPresent(scene),
  targetUnchanged(scene, passes),
];

const interlock = (ok: boolean, made: Made, fix: string, until: number | null = null): Interlock => ({
  ...made,
  ok,
  until: ok ? null : until,
  fix: ok ? null : fix,
});

const untouched = (touched: number): string =>
  touched === 0 ? 'every local file is the proven one' : `${touched} with other times; read again before they go`;

const some = (paths: readonly string[]): string => listed(paths.map((path) => ({ path, reason: '' })));

/** The first few by name, the rest by count. */
function listed(kept: readonly Kept[], most = 3): string {
  const named = kept.slice(0, most).map(({ path, reason }) => (reason === '' ? path : `${path}: ${reason}`));
  return `${named.join('; ')}${kept.length > most ? ` and ${kept.length - most} more` : ''}`;
}
