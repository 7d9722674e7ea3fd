import type { Bay, Engine } from '../engine/engine.js';
import { EVIDENCE } from '../machines/job-types.js';
import { holdsRun, isSame, type Comparison } from '../verify/compare.js';
import type { Sides } from '../verify/pass.js';
import { someOf } from '../verify/run-changes.js';
import { makeCanaryRun, CANARY_CHECKS, VICTIM } from './canary-run.js';
import { Rehearsal, type Compared } from './canary-transfer.js';
import { failure, ill, well, type Checklist, type Seen } from './checklist.js';
import { clockSkew, seesClock } from './clock-skew.js';
import { inUnits } from './format-bytes.js';

const REMOVAL_MS = 60_000;

/** Brings a small run to the target and proves it as a job would, damages it, and takes it away again. */
export async function rehearse(
  list: Checklist,
  engine: Engine,
  bay: Bay,
  place: string,
  signal: AbortSignal,
): Promise<void> {
  const { transport, equipment } = bay;
  const withLink = transport.keepsLinks || equipment.transport.links === 'follow';
  let rehearsal: Rehearsal | null = null;
  const write = async (): Promise<Seen> => {
    rehearsal = new Rehearsal(engine, bay, place, await makeCanaryRun({ withLink }), signal);
    const { walk, emptyFolder } = await rehearsal.push();
    const without = emptyFolder ? '' : '; a run with an empty folder would be refused, this target can hold none';
    return well(`${walk.files} files, ${inUnits(walk.bytes)} arrived at ${transport.place}/${place}${without}`);
  };
  try {
    const [first, ...others] = CANARY_CHECKS;
    const written = await list.check(first, write, others);
    if (written && rehearsal !== null) await goOn(list, engine, rehearsal);
  } finally {
    await tidyUp(list, rehearsal);
  }
}

async function goOn(list: Checklist, engine: Engine, rehearsal: Rehearsal): Promise<void> {
  if (seesClock(rehearsal.bay)) await list.check('canary_clock', () => clockSkew(rehearsal, engine.clock));
  let compared: Compared | null = null;
  const verify = async (): Promise<Seen> => {
    compared = await rehearsal.pass();
    return verified(compared);
  };
  const same = await list.check('canary_verified', verify, ['damage_found', 'deletion_refused']);
  const { sides } = (compared as Compared | null) ?? { sides: null };
  if (sides !== null) await list.check('hash_support', () => hashSupport(engine, rehearsal, sides));
  if (same) await damage(list, rehearsal);
  await list.check('canary_fetched', () => fetched(rehearsal));
}

function verified({ comparison, sides }: Compared): Seen {
  if (isSame(comparison)) return well(`both sides are the same, byte for byte and name for name (${sides.method})`);
  return ill(
    `the target does not hold what was written to it (${differences(comparison)})`,
    'see what the target did to these names or contents: real runs would fail in the same way',
  );
}

async function hashSupport({ config }: Engine, { bay, hashName }: Rehearsal, { evidence }: Sides): Promise<Seen> {
  const { enabled, minEvidence } = config.nasCleanup;
  const seen = `contents are told by ${hashName}, evidence: ${evidence}`;
  if (EVIDENCE.indexOf(evidence) >= EVIDENCE.indexOf(minEvidence)) {
    return well(`${seen}, which nas_cleanup.min_evidence (${minEvidence}) allows deletion to rest on`);
  }
  const short = `${seen}, which is less than nas_cleanup.min_evidence (${minEvidence}) asks`;
  if (!enabled) return well(`${short}; nothing is deleted anyway (nas_cleanup.enabled: false)`);
  const other = bay.transport.type === 'mount' ? 'reach the NAS by rclone or rsync_ssh' : 'choose another transport';
  return ill(
    `${short}: no run of this equipment could ever be deleted`,
    `${other}, or set nas_cleanup.min_evidence: ${evidence}`,
  );
}

/** One flipped bit, and then the two questions: is it seen, and would anything be deleted all the same? */
async function damage(list: Checklist, rehearsal: Rehearsal): Promise<void> {
  let after: Compared | null = null;
  const look = async (): Promise<Seen> => {
    await rehearsal.flipBit();
    after = await rehearsal.pass();
    return damageFound(after);
  };
  await list.check('damage_found', look, ['deletion_refused']);
  // TypeScript does not see that `look` has run.
  const pass = after as Compared | null;
  if (pass !== null) await list.check('deletion_refused', () => refused(pass));
}

function damageFound({ comparison }: Compared): Seen {
  const { mismatched, missing, extra } = comparison;
  const exactly = mismatched.length === 1 && mismatched[0] === VICTIM && missing.length + extra.length === 0;
  if (exactly) return well(`one flipped bit in ${VICTIM} on the target was found, and nothing else`);
  const what = differences(comparison);
  return ill(
    `one bit of ${VICTIM} was flipped on the target, and the pass found ${what === '' ? 'nothing' : what}`,
    'do not rely on this target: it answers with other bytes than it holds; look for a cache on the way',
  );
}

/** A proof is made of a pass in which both sides are the same, and of no other. */
const refused = ({ comparison }: Compared): Seen =>
  holdsRun(comparison)
    ? ill('a proof would be made of the damaged copy, and deletion could follow', 'do not rely on this target')
    : well(`no proof is made of the damaged copy (${differences(comparison)}), so no file of it could be deleted`);

async function fetched(rehearsal: Rehearsal): Promise<Seen> {
  const { files, wrong } = await rehearsal.fetchBack();
  if (wrong.length === 0) return well(`${files} files came back from the target, each with its SHA-256`);
  return ill(
    `came back with another content: ${someOf(wrong)}`,
    'do not rely on restoring from this target before this is understood',
  );
}

/** Also after a failure, and after a wish to stop: then this is the last thing that is said. */
async function tidyUp(list: Checklist, rehearsal: Rehearsal | null): Promise<void> {
  if (rehearsal === null) return;
  await rehearsal.removeLocal();
  if (!rehearsal.began) return;
  const where = `${rehearsal.bay.transport.place}/${rehearsal.place}`;
  const byHand = `remove ${where} by hand`;
  try {
    const left = await rehearsal.removeFromTarget(AbortSignal.timeout(REMOVAL_MS));
    list.add(
      'canary_removed',
      left === 0 ? well(`${where} is gone`) : ill(`${where} still holds ${left} entries`, byHand),
    );
  } catch (error) {
    list.add('canary_removed', { ...failure(error), fix: byHand });
  }
}

function differences({ mismatched, missing, extra }: Comparison): string {
  const parts = [
    ['different', mismatched],
    ['missing', missing],
    ['only on the target', extra],
  ] as const;
  return parts.flatMap(([word, paths]) => (paths.length === 0 ? [] : `${word}: ${someOf(paths)}`)).join('; ');
}
