import { NasSyncError } from '../errors.js';
import { isTooDeep } from '../run/nesting.js';
import { printable } from '../run/printable.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import type { RunRecord } from '../run/record/record.js';
import { withoutMark } from '../run/record/seal-mark.js';
import type { Transport } from './transport.js';

/** Keys that differ between the run's record and an honest copy of it. */
const OURS = new Set(['nas_sync_run_id', 'sync_status', 'nas_sync']);

/**
 * Makes sure that the run's place on the target is this run's: its record is there, or nothing is and it is put there.
 * Asked that way round because most places are new, and each question is a round trip.
 * @throws NasSyncError `target_conflict`
 */
export async function claimTarget(
  transport: Transport,
  target: string,
  record: RunRecord,
  signal: AbortSignal,
): Promise<void> {
  const path = `${target}/${RECORD_PATH}`;
  try {
    await transport.writeMeta(path, Buffer.from(withoutMark(record)), { exclusive: true }, signal);
    return;
  } catch (error) {
    if (!(error instanceof NasSyncError) || error.code !== 'target_conflict') throw error;
  }
  const present = await transport.readMeta(path, signal);
  if (present === null || !isCopyOf(record, Buffer.from(present).toString('utf8'))) {
    throw new NasSyncError(
      'target_conflict',
      `${printable(`${transport.place}/${target}`)} belongs to another run (its ${RECORD_PATH} is not this run's); move one of the two, then retry`,
    );
  }
}

function isCopyOf(record: RunRecord, text: string): boolean {
  const there = parsed(text);
  if (there === null) return false;
  const runId = there['nas_sync_run_id'];
  if (typeof runId === 'string') return runId === record.runId;
  // A copy made by hand, or by an earlier client, carries no id of ours: then all the rest must agree.
  const here = parsed(record.text);
  return here !== null && JSON.stringify(withoutOurs(there)) === JSON.stringify(withoutOurs(here));
}

function parsed(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/u, ''));
    // Two of them are compared as texts, which ends the stack of what is nested too deep.
    if (typeof value !== 'object' || value === null || isTooDeep(value)) return null;
    return value as Record<string, unknown>;
  } catch {
    return null;
  }
}

const withoutOurs = (record: Record<string, unknown>): [string, unknown][] =>
  Object.entries(record).filter(([key]) => !OURS.has(key));
