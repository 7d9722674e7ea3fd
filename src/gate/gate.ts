import { randomUUID } from 'node:crypto';
import { NasSyncError } from '../errors.js';
import { RECORD_PATH } from '../run/record-file.js';
import { readRecord, updateRecord, type RunRecord } from '../run/record.js';
import type { Finding, Validator } from './validator.js';

export interface GateVerdict {
  readonly eligible: boolean;
  readonly findings: readonly Finding[];
  /** `null` where there is none that can be read. */
  readonly record: RunRecord | null;
}

/** Whether a run may be queued. Changes nothing. */
export async function judge(runPath: string, validator: Validator, signal?: AbortSignal): Promise<GateVerdict> {
  let record: RunRecord;
  try {
    record = await readRecord(runPath);
  } catch (error) {
    return { eligible: false, findings: [recordFinding(error)], record: null };
  }
  const findings = await validator.validate({ runPath, record }, signal === undefined ? {} : { signal });
  return { eligible: blockingOf(findings).length === 0, findings, record };
}

export const blockingOf = (findings: readonly Finding[]): Finding[] =>
  findings.filter((finding) => finding.tier === 'hard' && finding.overriddenBy === null);

/** Says in the run's record what the gate said. A run that reached the NAS is never called blocked afterwards. */
export async function noteVerdict(runPath: string, verdict: GateVerdict): Promise<void> {
  if (verdict.record === null) return;
  const runId = randomUUID();
  await updateRecord(runPath, (record) => [
    ...(record.runId === null ? [{ path: ['nas_sync_run_id'], value: runId }] : []),
    ...statusChange(record, verdict.eligible),
  ]);
}

const REACHED_THE_NAS = new Set(['synced', 'cleaned']);

function statusChange(record: RunRecord, eligible: boolean) {
  if (record.syncStatus !== null && REACHED_THE_NAS.has(record.syncStatus)) return [];
  return [{ path: ['sync_status'], value: eligible ? 'pending' : 'blocked_by_validation' }];
}

function recordFinding(error: unknown): Finding {
  if (!(error instanceof NasSyncError) || (error.code !== 'record_missing' && error.code !== 'record_invalid')) {
    throw error;
  }
  return {
    rule: error.code,
    tier: 'hard',
    subject: RECORD_PATH,
    message: error.message,
    overriddenBy: null,
  };
}
