import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.js';
import { NasSyncError } from '../errors.js';
import type { NameRules } from '../run/name-rules.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { readRecord, updateRecord, type RunRecord } from '../run/record/record.js';
import { CANNOT_BE_OVERRIDDEN, SYNCED_UNDER_PRIOR_POLICY } from './finding-classes.js';
import { activeOverrides, overridesValue, overrideWarnings } from './overrides.js';
import type { Finding, Validator } from './validator.js';

export interface RunToJudge {
  /** Absolute and canonical. */
  readonly runPath: string;
  /** The `local_root` that it lies below. */
  readonly root: string;
  /** Which of its names are no data. */
  readonly names: Pick<NameRules, 'isVolatile' | 'isExcluded'>;
}

export interface GateVerdict {
  /** No hard finding is without an active override. */
  readonly eligible: boolean;
  readonly findings: readonly Finding[];
  /** As the validator gave them. */
  readonly found: readonly Finding[];
  /** `null` where there is none that can be read. */
  readonly record: RunRecord | null;
  /** What about the run's overrides has no effect, one line each. */
  readonly warnings: readonly string[];
}

export interface Judges {
  readonly validator: Validator;
  readonly clock: Clock;
}

/** Whether a run may be queued. Changes nothing. */
export async function judge(run: RunToJudge, judges: Judges, signal?: AbortSignal): Promise<GateVerdict> {
  let record: RunRecord;
  try {
    record = await readRecord(run.runPath);
  } catch (error) {
    const findings = [recordFinding(error)];
    return { eligible: false, findings, found: findings, record: null, warnings: [] };
  }
  const found = await judges.validator.validate({ ...run, record }, signal === undefined ? {} : { signal });
  return decide(found, record, judges.clock.now());
}

export const blockingOf = (findings: readonly Finding[]): Finding[] =>
  findings.filter((finding) => finding.tier === 'hard' && finding.overriddenBy === null);

/**
 * Says in the run's record what the gate said, and gives the verdict that was written: overrides may have come, gone or
 * run out while the run was walked. A run that reached the NAS is never called blocked afterwards.
 */
export async function noteVerdict(runPath: string, verdict: GateVerdict, clock: Clock): Promise<GateVerdict> {
  if (verdict.record === null) return verdict;
  const runId = randomUUID();
  let final = verdict;
  await updateRecord(runPath, (record) => {
    final = decide(verdict.found, record, clock.now());
    return [
      ...(record.runId === null ? [{ path: ['nas_sync_run_id'], value: runId }] : []),
      ...statusChange(record, final.eligible),
    ];
  });
  return final;
}

function decide(found: readonly Finding[], record: RunRecord, now: number): GateVerdict {
  const overrides = activeOverrides(overridesValue(record), now);
  const idOf = new Map(overrides.toReversed().map(({ problemClass, id }) => [problemClass, id]));
  const passes = ({ rule, tier }: Finding): boolean => tier === 'hard' && !CANNOT_BE_OVERRIDDEN.has(rule);
  const findings = found.map((finding) => ({
    ...finding,
    overriddenBy: passes(finding) ? (idOf.get(finding.rule) ?? null) : null,
  }));
  const blocking = blockingOf(findings);
  return {
    eligible: blocking.length === 0,
    findings: blocking.length > 0 && reachedTheNas(record) ? [...findings, priorPolicy(record)] : findings,
    found,
    record,
    warnings: overrideWarnings(overridesValue(record)),
  };
}

const REACHED_THE_NAS = new Set(['synced', 'cleaned']);

const reachedTheNas = ({ syncStatus }: RunRecord): boolean => syncStatus !== null && REACHED_THE_NAS.has(syncStatus);

function statusChange(record: RunRecord, eligible: boolean) {
  if (reachedTheNas(record)) return [];
  return [{ path: ['sync_status'], value: eligible ? 'pending' : 'blocked_by_validation' }];
}

/** Soft, so that it blocks nothing by itself; the hard findings beside it keep new data and the deletion back. */
const priorPolicy = ({ syncStatus }: RunRecord): Finding => ({
  rule: SYNCED_UNDER_PRIOR_POLICY,
  tier: 'soft',
  subject: RECORD_PATH,
  message: `the run was ${syncStatus ?? 'synced'} before the gate found this, and stays so: fix or override it before new data is to be synced`,
  overriddenBy: null,
});

function recordFinding(error: unknown): Finding {
  if (!(error instanceof NasSyncError) || (error.code !== 'record_missing' && error.code !== 'record_invalid')) {
    throw error;
  }
  return { rule: error.code, tier: 'hard', subject: RECORD_PATH, message: error.message, overriddenBy: null };
}
