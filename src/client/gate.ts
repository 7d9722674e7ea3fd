import { canonicalRun } from '../config/canonical-path.js';
import { placeOf } from '../config/equipment.js';
import { namesOf, type Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { audit, type AuditedRun, type AuditOptions } from '../gate/audit.js';
import type { Unread } from '../gate/find-runs.js';
import { blockingOf, judge, type Judges, type RunToJudge } from '../gate/gate.js';
import type { Finding, Validator } from '../gate/validator.js';
import { printable } from '../run/printable.js';

/** What the gate says of one run. */
export interface GateView {
  readonly runPath: string;
  /** No hard finding is without an active override. */
  readonly eligible: boolean;
  readonly findings: readonly Finding[];
}

export interface GateReport {
  readonly runs: readonly GateView[];
  /** Of all runs: folders and runs that could not be judged. With any of these the answer is not complete. */
  readonly unread: readonly Unread[];
  /** Of all runs: folders of other accounts, which this one may not look into. */
  readonly foreign: readonly string[];
}

export type GateOptions = AuditOptions;

/** The one spelling of a run's path, and its root. @throws NasSyncError `run_not_found`, `run_outside_roots` */
export async function placed(engine: Engine, path: string): Promise<RunToJudge> {
  const runPath = await canonicalRun(path);
  const { equipment } = placeOf(engine.config, runPath);
  return { runPath, root: equipment.localRoot, names: namesOf(engine, equipment.id) };
}

/** @throws NasSyncError `gate_blocked`, naming the first finding that no override lets pass */
export async function requireEligible(engine: Engine, validator: Validator, runPath: string): Promise<void> {
  const { eligible, findings } = await judge(await placed(engine, runPath), { validator, clock: engine.clock });
  if (eligible) return;
  const [first, ...others] = blockingOf(findings);
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  throw new NasSyncError(
    'gate_blocked',
    `${printable(runPath)}: ${first?.message ?? 'the gate refuses it'}${more}; look at \`nas-sync gate\`, then retry`,
  );
}

/** Each run once, whatever it was called, in the order given; or all. */
export async function gateReport(
  engine: Engine,
  validator: Validator,
  runs: readonly string[] | { readonly all: true },
  options: GateOptions,
): Promise<GateReport> {
  const judges = { validator, clock: engine.clock };
  if (!('all' in runs)) return { runs: await judgeEach(engine, judges, runs, options), unread: [], foreign: [] };
  const audited = await audit(engine.config, judges, options);
  return { runs: audited.runs.map((run) => told(engine, run)), unread: audited.unread, foreign: audited.foreign };
}

async function judgeEach(
  engine: Engine,
  judges: Judges,
  paths: readonly string[],
  { signal, onProgress }: GateOptions,
): Promise<GateView[]> {
  const runs = new Map<string, RunToJudge>();
  for (const path of paths) {
    const run = await placed(engine, path);
    runs.set(run.runPath, run);
  }
  const views: GateView[] = [];
  for (const run of runs.values()) {
    signal?.throwIfAborted();
    onProgress?.({ phase: 'judging', folders: 0, runs: runs.size, judged: views.length, path: run.runPath });
    views.push(told(engine, { ...(await judge(run, judges, signal)), runPath: run.runPath }));
  }
  return views;
}

function told(engine: Engine, { runPath, eligible, findings, warnings }: AuditedRun): GateView {
  for (const warning of warnings) engine.logger.warn({ runPath }, warning);
  return { runPath, eligible, findings };
}
