import { join } from 'node:path';
import { placeOf } from '../config/equipment.js';
import type { Config } from '../config/schema.js';
import { jobError } from '../errors.js';
import { nameRulesOf, type PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import { shellWord } from '../run/shell-quote.js';
import { findRuns, type FoundRuns, type Unread } from './find-runs.js';
import { judge, type GateVerdict, type Judges } from './gate.js';
import { quoted } from './rules/rule.js';
import type { Finding } from './validator.js';

/** How far an audit is: first the run folders are found, then judged one after the other. */
export interface AuditProgress {
  readonly phase: 'finding' | 'judging';
  /** Folders that were looked at for runs. */
  readonly folders: number;
  /** Runs that were found. */
  readonly runs: number;
  readonly judged: number;
  /** The folder or run that is being looked at. */
  readonly path: string;
}

export interface AuditOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
}

/** Without the record, so that those of a whole lab are not held at once. */
export interface AuditedRun extends Pick<GateVerdict, 'eligible' | 'findings' | 'warnings'> {
  readonly runPath: string;
}

export interface Audit {
  readonly runs: readonly AuditedRun[];
  /** Folders and runs that could not be judged; an audit with any of these is not complete. */
  readonly unread: readonly Unread[];
  /** Folders of other accounts that were not looked into. */
  readonly foreign: readonly string[];
}

/** Judges every run below every root, in the queue or not. Changes nothing. `config` has canonical roots. */
export async function audit(config: Config, judges: Judges, options: AuditOptions = {}): Promise<Audit> {
  const { signal, onProgress } = options;
  const found = await findAll(config, options);
  const progress = { phase: 'judging', folders: found.folders, runs: found.runs.length } as const;
  const unread = [...found.unread];
  const runs: AuditedRun[] = [];
  for (const [judged, runPath] of found.runs.entries()) {
    onProgress?.({ ...progress, judged, path: runPath });
    try {
      const { equipment } = placeOf(config, runPath);
      const run = { runPath, root: equipment.localRoot, names: nameRulesOf(equipment) };
      runs.push(audited(runPath, await judge(run, judges, signal)));
    } catch (error) {
      signal?.throwIfAborted();
      // A run that is moved meanwhile, or on a bad disk, must not keep the others from being judged.
      unread.push({ path: runPath, message: `${printable(runPath)}: ${jobError(error).message}` });
    }
  }
  return { runs, unread, foreign: found.foreign };
}

/** Every run folder below every root, as far as they can be looked at. `config` has canonical roots. */
export async function findAll({ equipment }: Config, { signal, onProgress }: AuditOptions) {
  const roots = new Set(equipment.map(({ localRoot }) => localRoot));
  const shelves = new Set([...roots, ...equipment.map(({ id, localRoot }) => join(localRoot, id))]);
  const isVolatileBelow = (root: string): PathTest => {
    const tests = equipment.filter(({ localRoot }) => localRoot === root).map((one) => nameRulesOf(one).isVolatile);
    return (path) => tests.every((isVolatile) => isVolatile(path));
  };
  let folders = 0;
  let runs = 0;
  const onFolder = (path: string): void => {
    folders += 1;
    onProgress?.({ phase: 'finding', folders, runs, judged: 0, path });
  };
  const found: FoundRuns[] = [];
  for (const root of roots) {
    found.push(await findRuns({ root, isVolatile: isVolatileBelow(root), roots, shelves, signal, onFolder }));
    runs = found.reduce((sum, one) => sum + one.runs.length, 0);
  }
  return {
    folders,
    runs: found.flatMap((one) => one.runs),
    unread: found.flatMap((one) => one.unread),
    foreign: found.flatMap((one) => one.foreign),
  };
}

function audited(runPath: string, { eligible, findings, warnings }: GateVerdict): AuditedRun {
  const isOrphan = findings.some(({ rule }) => rule === 'record_missing');
  return { runPath, eligible, findings: isOrphan ? [...findings, orphanFinding(runPath)] : findings, warnings };
}

/** What the audit says of a run folder without a record; no rule, because rules see only runs that have one. */
export const orphanFinding = (runPath: string): Finding => ({
  rule: 'orphan',
  tier: 'soft',
  subject: printable(runPath),
  message: `${quoted(runPath)} has no run record, so it is never synced: run \`nas-sync adopt ${shellWord(runPath)}\`, or move it away`,
  overriddenBy: null,
});
