import { placeOf } from '../config/equipment.js';
import type { Engine } from '../engine/engine.js';
import { jobError, NasSyncError } from '../errors.js';
import { findAll } from '../gate/audit.js';
import type { Unread } from '../gate/find-runs.js';
import { blockingOf, judge } from '../gate/gate.js';
import { printable } from '../run/printable.js';
import { readRecord, type RunRecord } from '../run/record/record.js';
import { beforeQueue } from './check-before-enqueue.js';
import { enqueueRun } from './enqueue.js';
import { placed } from './gate.js';
import type { Opened } from './open-engine.js';

export interface RebuildOptions {
  /** Tells what would be done, and does nothing. */
  readonly dryRun?: boolean;
  readonly signal?: AbortSignal | undefined;
}

/** A run with a record, and what became of it. */
export interface RebuiltRun {
  readonly runPath: string;
  readonly equipmentId: string;
  /** What its record said, or `null` where that cannot be read. */
  readonly recordStatus: string | null;
  /**
   * `queued`: to be pushed where anything is missing, and proven anew. `cleaned`: it left, and needs no job. `conflict`:
   * what is here is not all that was proven, or not that.
   */
  readonly done: 'queued' | 'already queued' | 'cleaned' | 'blocked' | 'conflict';
  /** One line, or `null`. */
  readonly message: string | null;
}

export interface RebuildReport {
  readonly runs: readonly RebuiltRun[];
  /** Folders and runs that could not be read: the answer is not complete. */
  readonly unread: readonly Unread[];
}

/** Jobs for the runs below the roots whose queue was lost. Each begins as a new one: its passes and its age count from 0. */
export async function rebuildQueue({ engine, scheduler }: Opened, options: RebuildOptions): Promise<RebuildReport> {
  const found = await findAll(engine.config, { signal: options.signal });
  const unread = [...found.unread];
  const runs: RebuiltRun[] = [];
  for (const runPath of found.runs) {
    options.signal?.throwIfAborted();
    try {
      const run = await rebuildRun(engine, runPath, options.dryRun === true);
      if (run !== null) runs.push(run);
    } catch (error) {
      // One run's trouble does not keep the others out of the queue.
      unread.push({ path: runPath, message: `${printable(runPath)}: ${jobError(error).message}` });
    }
  }
  scheduler?.wake();
  return { runs, unread };
}

/** `null` for a run that has no record: no queue ever held it. */
async function rebuildRun(engine: Engine, runPath: string, dryRun: boolean): Promise<RebuiltRun | null> {
  const place = placeOf(engine.config, runPath);
  const record = await recordOf(runPath);
  if (record === null) return null;
  const told = { runPath, equipmentId: place.equipment.id, recordStatus: record.syncStatus };
  if ((await engine.store.jobs.find(runPath)) !== null) return { ...told, done: 'already queued', message: null };
  const before = await beforeQueue(engine, runPath, place);
  if (before !== null) return { ...told, done: before.is, message: before.error.message };
  const blocking = dryRun ? await findingsOf(engine, runPath) : await queue(engine, runPath);
  const [first] = blocking;
  return first === undefined
    ? { ...told, done: 'queued', message: null }
    : { ...told, done: 'blocked', message: first.message };
}

async function recordOf(runPath: string): Promise<Pick<RunRecord, 'syncStatus'> | null> {
  try {
    return await readRecord(runPath);
  } catch (error) {
    if (!(error instanceof NasSyncError)) throw error;
    if (error.code === 'record_missing') return null;
    if (error.code === 'record_invalid') return { syncStatus: null };
    throw error;
  }
}

const findingsOf = async (engine: Engine, runPath: string) =>
  blockingOf((await judge(await placed(engine, runPath), engine)).findings);

async function queue(engine: Engine, runPath: string) {
  const enqueued = await enqueueRun(engine, engine.validator, runPath);
  return enqueued.job === null ? enqueued.blockingFindings : [];
}
