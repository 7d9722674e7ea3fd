import { putRecordsBack } from '../../cleanup/delete-record-folder.js';
import { undoMovesAside } from '../../cleanup/disposal.js';
import { HOUR_MS } from '../../cleanup/duration-text.js';
import { measure, type Measured } from '../../cleanup/evaluate-interlocks.js';
import { longestProofMs } from '../../cleanup/interlocks/pass-interlocks.js';
import { bringBackTrash } from '../../cleanup/trash.js';
import type { Work, WorkOrder, WorkResult } from '../../engine/job-task.js';
import { isStillCleaned } from '../../engine/prior-proof.js';
import type { Interlock, PassReference, WaitingFor } from '../../machines/job-types.js';
import type { ProofContents } from '../../persistence/proof-store.js';
import { HeldFolder } from '../../run/fs/folder-handle.js';
import type { DeletionProof } from '../../verify/deletion-proof.js';
import { cleanupFailed } from './cleanup-failure.js';

/** State `cleanup_eligible.judging`: measures every interlock, both sides read anew. What it allows is journaled first. */
export const judgeWork: Work = async (order) => {
  try {
    if (order.context.releasing === null && (await isStillCleaned(order.engine, order.job))) {
      return { event: { type: 'pass.due', at: order.engine.clock.now(), reason: 'the run record says cleaned' } };
    }
    await bringBackUnfinished(order);
    const measured = await measure(order, { content: true });
    const { proof, unconfirmed } = measured;
    // Before the intent is committed: a deletion that goes on after a crash spares these, too.
    if (proof !== null) await order.engine.store.proofs.spare(proof.proof.proofId, unconfirmed);
    return verdict(order, measured);
  } catch (error) {
    return await cleanupFailed(order, error);
  }
};

/** What a deletion that was cut off has taken and not deleted gets its name back: it is judged where it belongs. */
async function bringBackUnfinished(order: WorkOrder): Promise<void> {
  const { job, engine } = order;
  await putRecordsBack(job.runPath);
  // What else stands in its place is for the interlocks to tell.
  const run = await HeldFolder.open(job.runPath).catch(() => null);
  if (run !== null) {
    const provenPaths = () => engine.store.proofs.newest(job.jobId).then(pathsIn);
    await undoMovesAside(run, provenPaths).finally(() => run.close());
  }
  if (order.context.trashed === null) await bringBackTrash(order);
}

const pathsIn = (contents: ProofContents | null): string[] =>
  contents === null ? [] : [...contents.files, ...contents.shape].map(({ path }) => path);

function verdict(order: WorkOrder, { interlocks, proof, closed, damaged }: Measured): WorkResult {
  const at = order.engine.clock.now();
  const unmet = interlocks.filter(({ ok }) => !ok);
  if (closed !== null) {
    // The lane waits, and with it every job of the equipment: this one comes first when the target answers.
    return { event: { type: 'interlocks.unmet', at, until: at, waitingFor: [{ ...closed, ok: false, until: at }] } };
  }
  if (damaged) {
    const said = unmet.find(({ name }) => DAMAGE.has(name));
    const reason = `the NAS copy is damaged (${said?.measured ?? ''})`;
    return { event: { type: 'pass.due', at, reason, waitingFor: unmet, damage: damageOf(reason) } };
  }
  if (proof === null || unmet.length > 0) {
    const until = nextLook(order, unmet);
    return { event: { type: 'interlocks.unmet', at, until, waitingFor: unmet.map(asWait) } };
  }
  return {
    event: {
      type: 'interlocks.satisfied',
      at,
      proofId: proof.proof.proofId,
      files: proof.files.size,
      bytes: proof.proof.bytes,
      passes: chainOf(proof),
      interlocks,
    },
  };
}

/** What is shown of a job that waits for the pass which heals it. */
export const damageOf = (measured: string): WaitingFor => ({
  name: 'target_unchanged',
  ok: false,
  measured,
  required: 'every proven file has its content on the NAS',
  until: null,
});

const DAMAGE: ReadonlySet<string> = new Set(['seal_current', 'target_present', 'target_unchanged']);

const asWait = ({ name, ok, measured, required, until }: Interlock): WaitingFor => ({
  name,
  ok,
  measured,
  required,
  until,
});

/** It answered as itself, and then failed to: no whole interval is to be lost by that. */
const UNREACHED_MS = 10 * 60_000;

/** Nothing is measured in a circle. */
const SOON_MS = 60_000;

/** When time alone will do; else after an interval, and no later than the end of the proof, which asks for a pass. */
export function nextLook({ engine, context, job }: WorkOrder, unmet: readonly Interlock[]): number {
  const now = engine.clock.now();
  const policy = engine.policies.inForce(job.equipmentId);
  if (unmet.some(({ name }) => name === 'target_reachable')) return now + UNREACHED_MS;
  const times = unmet.map(({ until }) => until);
  if (times.length > 0 && times.every((until) => until !== null)) return Math.max(now + SOON_MS, ...times);
  const end = now + longestProofMs(policy) - (engine.steady.estimate - (context.proof?.steadyAt ?? 0));
  return Math.max(now + SOON_MS, Math.min(now + policy.passIntervalHours * HOUR_MS, end));
}

export const chainOf = ({ passes }: DeletionProof): PassReference[] =>
  passes.map(({ proofId, madeAt, evidence, invocation }) => ({ proofId, at: madeAt, evidence, invocation }));
