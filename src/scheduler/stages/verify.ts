import { randomUUID } from 'node:crypto';
import { releasedOf } from '../../cleanup/deletion-progress.js';
import { longestProofMs } from '../../cleanup/interlocks/pass-interlocks.js';
import { restAfterPass } from '../../cleanup/policy.js';
import { isoTime } from '../../clock.js';
import type { Work, WorkOrder, WorkResult } from '../../engine/job-task.js';
import { namedThere, requireNotCleaned, wayBack } from '../../engine/prior-proof.js';
import { reporter } from '../../engine/progress.js';
import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { meetTarget } from '../../transports/target-identity.js';
import { holdsRun, type Comparison } from '../../verify/compare.js';
import { DigestBook } from '../../verify/digest-cache.js';
import { runPass, type PassResult } from '../../verify/pass.js';
import { makeProof, summaryOf } from '../../verify/proof.js';
import { followedLinks, someOf } from '../../verify/run-changes.js';
import { seal } from '../../verify/seal.js';
import { requireNothingReplaced } from './foreign-history.js';
import { pushCompanions } from './sidecar-files.js';
import { deferred, failed } from './stage-failure.js';

type Compared = Extract<PassResult, { outcome: 'compared' }>;

/** State `awaiting_verify.verifying`: one pass, and, if both sides are the same, the seal and the proof. */
export const verifyWork: Work = async (order) => {
  try {
    return await verify(order);
  } catch (error) {
    return failed(order, 'verify', error);
  }
};

async function verify(order: WorkOrder): Promise<WorkResult> {
  const { job, bay, engine, signal } = order;
  await requireNotCleaned(order);
  const closed = await meetTarget(bay.transport, engine.store.targets, engine.clock.now(), signal);
  if (closed !== null) return deferred(order, 'verify', closed);

  let report: ReturnType<typeof reporter> | null = null;
  const left = await releasedOf(engine, job);
  const pass = await runPass({
    runPath: job.runPath,
    ...left,
    target: job.targetPath,
    transport: bay.transport,
    links: bay.equipment.transport.links,
    names: bay.names,
    book: await DigestBook.open(job.jobId, engine.store.digests, await bay.transport.hashName(signal)),
    pool: engine.pool,
    signal,
    unread: 'stop',
    onStart: (total) => (report = reporter(order, 'verify', total)),
    onProgress: (progress) => report?.(progress),
  });
  if (pass.outcome === 'changed')
    return { event: { type: 'run.changed', at: engine.clock.now(), reason: pass.reason } };
  if (!holdsRun(pass.comparison)) throw difference(order, pass.comparison);
  await assertExtraNotProven(order, pass.comparison);
  return prove(order, pass, left.emptied === true);
}

async function prove(order: WorkOrder, { sides, comparison }: Compared, emptied: boolean): Promise<WorkResult> {
  const { job, context, bay, engine, signal } = order;
  await pushCompanions(order);
  const proofId = randomUUID();
  const { seals, removals } = engine.store;
  await seals.plan(proofId, job.jobId, engine.clock.now());
  const known = await seals.known(job.jobId);
  const unproven = (await removals.list(job.jobId)).filter(({ isDone, isProven }) => isDone && !isProven);
  const removed = new Set(unproven.map(({ path }) => path));
  const { files } = sides;
  const manifestSha256 = await seal({
    runPath: emptied ? null : job.runPath,
    target: job.targetPath,
    transport: bay.transport,
    files,
    removed,
    isData: bay.names.isData,
    followed: followedLinks(sides.walk),
    mark: {
      queue: await seals.queueId(),
      job: job.jobId,
      pass: proofId,
      sealedAt: isoTime(engine.clock.now()),
    },
    requireOurs: (history) => requireNothingReplaced(order, history, { known, removed, files }),
    signal,
  });
  const policy = engine.policies.inForce(job.equipmentId);
  const moment = { now: engine.clock.now(), steady: await engine.steady.now() };
  const at = moment.now;
  const proof = makeProof({
    proofId,
    jobId: job.jobId,
    generation: context.generation,
    madeAt: at,
    validForMs: longestProofMs(policy),
    invocation: `${engine.workerId}:${job.revision}`,
    manifestSha256,
    steadyAt: moment.steady,
    sides,
    names: bay.names,
  });
  const summary = summaryOf(proof);
  const proven = { ...context, proof: summary, verifiedAt: at, verifyPasses: context.verifyPasses + 1 };
  const rest = restAfterPass(proven, policy, moment);
  return { event: { type: 'verify.succeeded', at, proof: summary, ...foundBeside(comparison), ...rest }, proof };
}

/** Names in the journal; the counts are whole. */
const MOST_NAMED = 100;

/** What the pass found that is no damage: the run is proven all the same. */
function foundBeside({ extra, volatile }: Comparison) {
  if (extra.length + volatile.length === 0) return {};
  return {
    beside: {
      extraCount: extra.length,
      extra: extra.slice(0, MOST_NAMED).map(printable),
      volatileCount: volatile.length,
      volatile: volatile.slice(0, MOST_NAMED).map(printable),
    },
  };
}

/** A push heals it. */
function difference({ context }: WorkOrder, { mismatched, missing }: Comparison): NasSyncError {
  const parts = [
    mismatched.length > 0 ? `different: ${someOf(mismatched)}` : '',
    missing.length > 0 ? `missing: ${someOf(missing)}` : '',
  ].filter((part) => part !== '');
  const copy =
    context.proof !== null ? 'the NAS copy was proven before, and is damaged now' : 'the NAS copy is not the run';
  return new NasSyncError('hash_mismatch', `${copy} (${parts.join('; ')})`);
}

/**
 * What only the NAS has is no damage, unless the manifest there names it: then it was proven, and may be the only copy.
 * @throws NasSyncError `target_conflict`
 */
async function assertExtraNotProven({ job, bay, signal }: WorkOrder, { extra }: Comparison): Promise<void> {
  if (extra.length === 0) return;
  const named = await namedThere(bay.transport, job.targetPath, signal);
  const proven = extra.filter((path) => named?.has(path) === true);
  if (proven.length === 0) return;
  throw new NasSyncError(
    'target_conflict',
    `only on the NAS: ${someOf(proven)}; the manifest there names them, so these may be the only copies: ${wayBack(job.runPath, proven)}`,
  );
}
