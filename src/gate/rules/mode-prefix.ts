import { quoted, type Found, type Rule, type RunFacts } from './rule.js';

const WANTED: ReadonlyMap<string | null, { readonly prefix: string; readonly folder: string }> = new Map([
  ['experimental', { prefix: 'Run_', folder: 'Runs' }],
  ['test', { prefix: 'TestRun_', folder: 'TestRuns' }],
]);

function disagreeing({ record, leaf, parent }: RunFacts): Found[] {
  const wanted = WANTED.get(record.runKind);
  if (wanted === undefined) return [];
  const kind = `run_kind is ${quoted(record.runKind ?? '')}`;
  const misnamed = {
    path: leaf.path,
    message: `${kind}, and the run is named ${quoted(leaf.name)}, not "${wanted.prefix}…": rename it, or put run_kind right`,
  };
  const misplaced = {
    path: parent.path,
    message: `${kind}, and the run stands in ${quoted(parent.path)}, not in "${wanted.folder}": move it, or put run_kind right`,
  };
  return [
    ...(parent.name === wanted.folder ? [] : [misplaced]),
    ...(leaf.name.startsWith(wanted.prefix) ? [] : [misnamed]),
  ];
}

/** The record says what the run is; its name and its folder must not say otherwise. */
export const modePrefixMismatch: Rule = { name: 'mode_prefix_mismatch', tier: 'hard', checks: { run: disagreeing } };
