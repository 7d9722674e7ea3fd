import type { WorkOrder } from '../engine/job-task.js';
import type { Interlock, Kept } from '../machines/job-types.js';
import { deleteEmptyRun, keepExtra, type Grant } from '../persistence/grant-store.js';
import type { LaneClosed } from '../transports/target-identity.js';
import { DeletionProof } from '../verify/deletion-proof.js';
import { allInterlocks, unprovenInterlocks } from './interlocks/index.js';
import type { SceneFacts } from './interlocks/observations.js';
import { localScene } from './observe-local.js';
import { damagedOnTarget, targetScene } from './observe-target.js';
import { passFactsOf } from './policy.js';

export interface Measured {
  readonly interlocks: readonly Interlock[];
  readonly proof: DeletionProof | null;
  /** What the lane waits for, where the target does not answer. */
  readonly closed: LaneClosed;
  /** What of the run may not go. */
  readonly kept: readonly Kept[];
  /** What only the NAS has; empty where it was not asked. */
  readonly extra: readonly string[];
  /** Volatile names of the proof that the NAS no longer holds as they were proven; empty where it was not read again. */
  readonly unconfirmed: readonly string[];
  /** The NAS has lost or changed something that was proven. */
  readonly damaged: boolean;
}

interface MeasureOptions {
  readonly content: boolean;
  /** A person's words that are given now, and stored only once everything else holds. */
  readonly empty?: Grant | undefined;
  readonly extra?: Grant | undefined;
}

/**
 * Measures every interlock now. With `content`, what all the others allow to go is read again on the NAS, and local
 * files whose times differ here; without, these two are told as they were proven.
 */
export async function measure(ask: WorkOrder, options: MeasureOptions): Promise<Measured> {
  const { job, context, bay, engine } = ask;
  const { content } = options;
  await engine.policies.refresh();
  const policy = engine.policies.inForce(job.equipmentId);
  const [contents, passes] = await Promise.all([
    engine.store.proofs.newest(job.jobId),
    engine.store.proofs.passes(job.jobId),
  ]);
  const proof = DeletionProof.checked(context, contents, passes, bay.names);
  const moment = { now: engine.clock.now(), steady: await engine.steady.now() };
  const facts = passFactsOf(context, moment);
  if (typeof proof === 'string') {
    const why = context.proof === null ? 'not proven yet' : `not proven: ${proof}`;
    const interlocks = unprovenInterlocks(job.runPath, why, policy);
    return { interlocks, proof: null, closed: null, kept: [], extra: [], unconfirmed: [], damaged: false };
  }
  const counted = { ...facts, passes: new Set(proof.passes.map(({ invocation }) => invocation)).size };
  const local = await localScene(ask, proof, content);
  const { closed, ...far } = await targetScene(ask, proof, content);
  const scene: SceneFacts = {
    runPath: job.runPath,
    files: [...proof.files.keys()].filter((path) => !bay.names.isVolatile(path)).length,
    ...(await findWords(ask, proof, far.extra ?? [], options)),
    damaged: null,
    ...local,
    ...far,
  };
  const interlocks = allInterlocks(counted, scene, policy);
  const kept = [...local.changed, ...local.unproven];
  const lost = (far.notListed ?? []).length > 0 || far.seal === 'damaged';
  const found = { proof, closed, kept, extra: far.extra ?? [] };
  if (!content || interlocks.some(({ ok }) => !ok)) return { ...found, interlocks, unconfirmed: [], damaged: lost };
  const { damaged, unconfirmed } = await damagedOnTarget(ask, proof);
  return {
    ...found,
    interlocks: allInterlocks(counted, { ...scene, damaged }, policy),
    unconfirmed,
    damaged: damaged.length > 0,
  };
}

/** What people allowed, now or before. */
async function findWords(
  { job, engine }: WorkOrder,
  { proof }: DeletionProof,
  extraPaths: readonly string[],
  { empty, extra }: MeasureOptions,
): Promise<Pick<SceneFacts, 'emptyAllowed' | 'extraAllowed'>> {
  const { grants } = engine.store;
  const toGo = empty ?? (await grants.find(job.jobId, deleteEmptyRun(proof.proofId)));
  const toStay = extra ?? (await grants.find(job.jobId, keepExtra(extraPaths)));
  return {
    emptyAllowed: toGo === null ? null : `${operatorOf(toGo)} said that it may go: ${toGo.reason}`,
    extraAllowed: toStay === null ? null : `${operatorOf(toStay)} said that it may stay: ${toStay.reason}`,
  };
}

const operatorOf = ({ operator }: Grant): string => operator ?? 'a person';
