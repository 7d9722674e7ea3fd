import { NasSyncError } from '../errors.js';
import type { WaitingFor } from '../machines/job-types.js';
import { meetTarget } from '../transports/target-identity.js';
import type { Comparison } from '../verify/compare.js';
import { DigestBook } from '../verify/digest-book.js';
import { followedLinks, someOf } from '../verify/local-state.js';
import { runPass, type Sides } from '../verify/pass.js';
import { makeProof, summaryOf } from '../verify/proof.js';
import { seal } from '../verify/seal.js';
import { pushCompanions } from './companions.js';
import { reporter } from './progress.js';
import { steadyNow } from './steady.js';
import { deferred, failed } from './work-failure.js';
import type { Work, WorkOrder, WorkResult } from './work.js';

const HOUR_MS = 3_600_000;

/** This release proves and stops there: what would let the local copy go is not built yet. */
export const AT_REST: WaitingFor = {
  name: 'cleanup',
  ok: false,
  measured: 'this release does not delete',
  required: 'a release that does',
  until: null,
};

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
  const closed = await meetTarget(bay.transport, engine.store.targets, engine.clock.now(), signal);
  if (closed !== null) return deferred(order, 'verify', closed);

  let report: ReturnType<typeof reporter> | null = null;
  const pass = await runPass({
    runPath: job.runPath,
    target: job.targetPath,
    transport: bay.transport,
    links: bay.equipment.transport.links,
    book: await DigestBook.open(job.jobId, engine.store.digests, await bay.transport.hashName(signal)),
    pool: engine.pool,
    signal,
    unread: 'stop',
    onStart: (total) => (report = reporter(order, 'verify', total)),
    onProgress: (progress) => report?.(progress),
  });
  if (pass.outcome === 'changed')
    return { event: { type: 'run.changed', at: engine.clock.now(), reason: pass.reason } };
  if (!pass.same) throw difference(pass.comparison);
  return prove(order, pass.sides);
}

async function prove(order: WorkOrder, sides: Sides): Promise<WorkResult> {
  const { job, context, bay, engine, signal } = order;
  await pushCompanions(order);
  const manifestSha256 = await seal({
    runPath: job.runPath,
    target: job.targetPath,
    transport: bay.transport,
    files: sides.files,
    followed: followedLinks(sides.walk),
    signal,
  });
  const { minAgeHours, passIntervalHours } = engine.config.nasCleanup;
  const at = engine.clock.now();
  const proof = makeProof({
    jobId: job.jobId,
    generation: context.generation,
    madeAt: at,
    // Long enough to become old enough for deletion, with one more pass in between.
    validForMs: (minAgeHours + 2 * passIntervalHours) * HOUR_MS,
    invocation: `${engine.workerId}:${job.revision}`,
    manifestSha256,
    steadyAt: await steadyNow(engine),
    sides,
  });
  return {
    event: { type: 'verify.succeeded', at, proof: summaryOf(proof), until: null, waitingFor: [AT_REST] },
    proof,
  };
}

/** Damage heals by a push. What only the target holds does not: a push never removes anything there. */
function difference({ mismatched, missing, extra }: Comparison): NasSyncError {
  const parts = [
    mismatched.length > 0 ? `different: ${someOf(mismatched)}` : '',
    missing.length > 0 ? `missing: ${someOf(missing)}` : '',
    extra.length > 0 ? `only on the NAS: ${someOf(extra)}` : '',
  ].filter((part) => part !== '');
  const found = `the NAS copy is not the run (${parts.join('; ')})`;
  if (mismatched.length === 0 && missing.length === 0) {
    return new NasSyncError('target_conflict', `${found}; move away what does not belong to the run, then retry`);
  }
  return new NasSyncError('hash_mismatch', found);
}
