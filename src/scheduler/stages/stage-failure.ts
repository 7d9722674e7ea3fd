import type { WorkOrder, WorkResult } from '../../engine/job-task.js';
import { jobError, NasSyncError, RunLostError, SourceChanged, type ErrorKind } from '../../errors.js';
import type { JobEvent, WaitingFor } from '../../machines/job-types.js';
import { meetTarget, toolMissing } from '../../transports/target-identity.js';

/** How long a job is put off when its lane is closed or its run is still written to, if no backoff is configured. */
const PUT_OFF_MS = 30_000;
/** No job that is not proven yet is put off for longer, but by a configured backoff. */
export const LONGEST_PUT_OFF_MS = 10 * 60_000;

/** The work that a claimed job's place calls for. */
export type Stage = 'push' | 'verify' | 'judge' | 'release';
type Transfer = 'push' | 'verify';

const GOES_ON = 'nothing: what has arrived stays, and the push goes on from there';

const putOffMs = ({ engine }: WorkOrder): number => engine.config.retry.delaysMs[0] ?? PUT_OFF_MS;

/** Puts the job off: nothing is counted, and the job says what it waits for. */
export function deferred(
  order: WorkOrder,
  stage: Transfer,
  waitingFor: Pick<WaitingFor, 'name' | 'measured' | 'required'>,
): WorkResult {
  const at = order.engine.clock.now();
  const until = at + putOffMs(order);
  return { event: { type: `${stage}.deferred`, at, until, waitingFor: [{ ...waitingFor, ok: false, until }] } };
}

/** Ends the stage as an orderly close() does: the job is due at once, for whoever claims it next. */
export function givenBack(stage: Stage, at: number): JobEvent {
  const rest = { at, until: at, waitingFor: [] };
  if (stage === 'judge') return { type: 'interlocks.unmet', ...rest };
  if (stage === 'release') return { type: 'cleanup.refused', files: 0, bytes: 0, kept: [], ...rest };
  return { type: `${stage}.deferred`, ...rest };
}

/** The gate's word is about the run; to a job whose run was fine when it was queued, it means that the run is not now. */
const RECORD_KINDS: Readonly<Record<string, ErrorKind>> = {
  record_missing: 'source_invalid',
  record_invalid: 'source_invalid',
  run_not_found: 'local_file_vanished',
};

/**
 * Turns whatever the stage threw into the job's event. A connection that is cut after something has `arrived` costs no
 * attempt: a large run over a bad line gets there piece by piece, and needs nobody.
 */
export async function failed(order: WorkOrder, stage: Transfer, error: unknown, arrived = false): Promise<WorkResult> {
  order.signal.throwIfAborted();
  const changed = changeIn(order, error);
  if (changed !== null) {
    if (stage === 'push') return stillChanging(order, changed);
    return { event: { type: 'run.changed', at: order.engine.clock.now(), reason: changed } };
  }
  const { kind, message } = errorOf(error);
  if (kind === 'tool_missing') return deferred(order, stage, toolMissing(message));
  if (kind === 'network' || kind === 'timeout') {
    const closed = await laneClosed(order);
    if (closed !== null) return deferred(order, stage, closed);
    if (arrived) return deferred(order, stage, { name: 'connection_holds', measured: message, required: GOES_ON });
  }
  const at = order.engine.clock.now();
  const { delaysMs } = order.engine.config.retry;
  const tool = error instanceof NasSyncError ? error.tool : null;
  return { event: { type: `${stage}.failed`, at, error: { kind, message }, delaysMs, ...(tool && { tool }) } };
}

/** What moved under the work. Before a deletion has begun, a program may also remove or rename its files. */
function changeIn({ context }: WorkOrder, error: unknown): string | null {
  if (error instanceof SourceChanged) return error.message;
  const isOneFile = error instanceof NasSyncError && error.code === 'local_file_vanished';
  if (!isOneFile || error instanceof RunLostError || context.releasing !== null) return null;
  return error.message;
}

export const stillChanging = (order: WorkOrder, what: string): WorkResult =>
  deferred(order, 'push', {
    name: 'run_at_rest',
    measured: what,
    required: 'nothing in the run changes while it is read',
  });

/** `null` where the target answers as itself. Anything else that is wrong with it is not for the lane to say. */
async function laneClosed({ bay, engine, signal }: WorkOrder) {
  try {
    return await meetTarget(bay.transport, engine.store.targets, engine.clock.now(), signal);
  } catch {
    return null;
  }
}

function errorOf(error: unknown): { kind: ErrorKind; message: string } {
  const kind = error instanceof NasSyncError ? RECORD_KINDS[error.code] : undefined;
  const known = jobError(error);
  return kind === undefined ? known : { kind, message: known.message };
}
