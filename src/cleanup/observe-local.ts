import type { WorkOrder } from '../engine/job-task.js';
import { NasSyncError } from '../errors.js';
import { blockingOf, judge, type GateVerdict } from '../gate/gate.js';
import { revocationTimes } from '../gate/overrides.js';
import type { Kept } from '../machines/job-types.js';
import { printable } from '../run/printable.js';
import { walkRun } from '../run/walk.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { sourceState, type SourceState } from './classify-local.js';
import { NOTHING_LOCAL } from './interlocks/observations.js';
import { readSource } from './observe-content.js';
import { lookForLocks } from './observe-locks.js';
import { lookForWriters } from './observe-writers.js';
import { leftByUs } from './remove-run.js';

type LocalScene = typeof NOTHING_LOCAL;

/** What stands here, what the gate says of it, and what was revoked. */
export async function localScene(ask: WorkOrder, proof: DeletionProof, content: boolean): Promise<LocalScene> {
  const { context } = ask;
  // Cut off after the record itself was deleted: there is nothing left to judge.
  if (await leftByUs(ask, proof)) return NOTHING_LOCAL;
  const verdict = await judged(ask);
  const blocked = typeof verdict === 'string' ? verdict : (blockingOf(verdict.findings)[0]?.message ?? null);
  const { state, leavesOthers } = await sourceNow(ask, proof);
  const locks = await lookForLocks(ask, proof, leavesOthers);
  const openWriters = await lookForWriters(ask);
  // Read when nobody writes any more: it may be long, and is repeated for as long as somebody does.
  const { changed, source } = await readSource(ask, proof, state, content && openWriters.writers.length === 0);
  return {
    revocations: typeof verdict === 'string' || verdict.record === null ? [] : revocationTimes(verdict.record),
    blocked,
    changed: [...changed, ...(context.releasing === null ? state.gone.map(isGone) : [])],
    unproven: state.unproven,
    source,
    locks,
    openWriters,
  };
}

/** What the gate says, or why it cannot be asked: the run folder itself may be gone, or be a link now. */
async function judged({ job, bay, engine, signal }: WorkOrder): Promise<GateVerdict | string> {
  const run = { runPath: job.runPath, root: bay.equipment.localRoot, names: bay.names };
  try {
    return await judge(run, { validator: engine.validator, clock: engine.clock }, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NasSyncError)) throw error;
    return error.message;
  }
}

const isGone = (path: string): Kept => ({ path: printable(path), reason: 'it is gone from the workstation' });

interface SourceNow {
  readonly state: SourceState;
  /** Something is in the run that no deletion touches, so that its folders stay: excluded names, and volatile ones. */
  readonly leavesOthers: boolean;
}

async function sourceNow({ job, bay, signal }: WorkOrder, proof: DeletionProof): Promise<SourceNow> {
  const { runPath } = job;
  const { isVolatile, isExcluded } = bay.names;
  let excluded = 0;
  try {
    const walk = await walkRun(runPath, { signal, isExcluded, onExcluded: () => (excluded += 1) });
    const isOther = ({ path }: { readonly path: string }): boolean => isVolatile(path) && !proof.files.has(path);
    const leavesOthers = excluded > 0 || walk.entries.some((entry) => entry.kind !== 'folder' && isOther(entry));
    return { state: sourceState(walk, proof, isVolatile), leavesOthers };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NasSyncError)) throw error;
    const unproven = [{ path: printable(runPath), reason: error.message }];
    return { state: { proven: [], touched: [], gone: [], unproven }, leavesOthers: false };
  }
}
