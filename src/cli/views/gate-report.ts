import { overrideCommand, printable, type Finding, type GateView } from '../../index.js';
import { plain, type Paint } from '../text/style.js';
import { findingLine } from './reasons.js';

/** Runs, and below each what was found in it, hard findings first. */
export const gateReport = (
  runs: readonly GateView[],
  { onlyFindings }: { onlyFindings: boolean },
  paint: Paint = plain,
): string[] =>
  runs
    .filter(({ findings }) => !onlyFindings || findings.length > 0)
    .flatMap((run) => [headOf(run, paint), ...sorted(run.findings).map((finding) => lineOf(finding, paint))]);

/** One for each class that refuses the run and may be overridden. */
export function overrideCommandsFor(runPath: string, findings: readonly Finding[]): string[] {
  const rules = findings.filter((finding) => standingOf(finding) === 'hard').map(({ rule }) => rule);
  return [...new Set(rules)].flatMap((rule) => overrideCommand(runPath, rule) ?? []);
}

function headOf({ runPath, eligible }: GateView, paint: Paint): string {
  const verdict = eligible ? paint('green', '✔ may go') : paint('red', '✖ refused');
  return `${verdict}  ${printable(runPath)}`;
}

const STANDINGS = ['hard', 'overridden', 'soft'] as const;

const standingOf = ({ tier, overriddenBy }: Finding): (typeof STANDINGS)[number] =>
  overriddenBy === null ? tier : 'overridden';

const sorted = (findings: readonly Finding[]): Finding[] =>
  findings.toSorted((a, b) => STANDINGS.indexOf(standingOf(a)) - STANDINGS.indexOf(standingOf(b)));

function lineOf(finding: Finding, paint: Paint): string {
  const standing = standingOf(finding);
  const by = finding.overriddenBy === null ? '' : ` by ${finding.overriddenBy}`;
  const label = paint(standing === 'hard' ? 'red' : 'dim', standing);
  return `    ${label}${printable(`${by}  ${findingLine(finding)} [${finding.rule}]`)}`;
}

/** `3 runs: 1 refused, 1 with findings that refuse nothing, 1 without any` */
export function gateSummary(runs: readonly GateView[]): string {
  const refused = runs.filter(({ eligible }) => !eligible).length;
  const clean = runs.filter(({ findings }) => findings.length === 0).length;
  const counted = runs.length === 1 ? '1 run' : `${runs.length} runs`;
  const shown = runs.length - refused - clean;
  return `${counted}: ${refused} refused, ${shown} with findings that refuse nothing, ${clean} without any`;
}
