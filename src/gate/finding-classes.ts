import { closest } from '../config/did-you-mean.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { shellWord } from '../run/shell-quote.js';
import { RULES } from './rules/rules.js';
import type { Finding } from './validator.js';

/** An override of these would have to stand in the very record that cannot be read. */
export const CANNOT_BE_OVERRIDDEN: ReadonlySet<string> = new Set(['record_missing', 'record_invalid']);

/** Overriding these helps little: what cannot be read or expressed is not copied either. */
const CANNOT_BE_COPIED: ReadonlySet<string> = new Set(['unsupported_entry', 'unreadable_entry']);

/** The command that lets a class pass for one run; `null` for one that no override helps. */
export const overrideCommand = (runPath: string, problemClass: string): string | null =>
  CANNOT_BE_OVERRIDDEN.has(problemClass) || CANNOT_BE_COPIED.has(problemClass)
    ? null
    : `nas-sync override add ${shellWord(runPath)} --class ${shellWord(problemClass)} --reason 'WHY'`;

/** Given by the gate itself, soft: a run that is on the NAS already, and that the gate of today would refuse. */
export const SYNCED_UNDER_PRIOR_POLICY = 'synced_under_prior_policy';

const namesOf = (tier: Finding['tier']): string[] => RULES.filter((rule) => rule.tier === tier).map(({ name }) => name);

export const HARD_CLASSES: readonly string[] = namesOf('hard');

const SOFT_CLASSES: readonly string[] = [...namesOf('soft'), 'orphan', SYNCED_UNDER_PRIOR_POLICY];

/**
 * `ofHost`: the hard classes that a host's own rules find in the run.
 * @throws NasSyncError `usage` for a class that no override can let pass, or needs to
 */
export function expectOverridable(problemClass: string, ofHost: readonly string[]): void {
  const known = [...new Set([...HARD_CLASSES, ...ofHost])].filter((one) => !CANNOT_BE_OVERRIDDEN.has(one));
  if (known.includes(problemClass)) return;
  throw new NasSyncError('usage', `${printable(problemClass)} ${whyNot(problemClass, known)}`);
}

function whyNot(problemClass: string, known: readonly string[]): string {
  if (CANNOT_BE_OVERRIDDEN.has(problemClass)) return 'cannot be overridden: the run record itself must be fixed';
  if (SOFT_CLASSES.includes(problemClass)) return 'is only shown and refuses no run, so there is nothing to override';
  const meant = closest(problemClass, known);
  const help = meant === null ? `there are ${known.map(printable).join(', ')}` : `did you mean ${printable(meant)}?`;
  return `is no class of findings that refuses a run; ${help}`;
}
