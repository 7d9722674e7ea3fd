import type { NameRules } from '../run/name-rules.js';
import type { RunRecord } from '../run/record/record.js';

/** One thing that a rule found in a run. Hard findings refuse the run; soft ones are shown. */
export interface Finding {
  readonly rule: string;
  readonly tier: 'hard' | 'soft';
  /** What it is about: a path within the run, or a key of its record. Safe to print. */
  readonly subject: string;
  /** One line: what is wrong and what to do. */
  readonly message: string;
  /** The id of the override that lets it pass, or `null`. */
  readonly overriddenBy: string | null;
}

export interface RunToValidate {
  /** The run folder, absolute and canonical. */
  readonly runPath: string;
  /** The equipment's local root above the run: what stands above it is nobody's data. */
  readonly root: string;
  readonly record: RunRecord;
  /** Volatile names, whose form is nobody's choice, and those that are no part of the run; without it every name is data. */
  readonly names?: Pick<NameRules, 'isVolatile' | 'isExcluded'>;
}

/** What a host supplies to apply rules of its own. The same tree must give the same findings in the same order. */
export interface Validator {
  validate(run: RunToValidate, options: { signal?: AbortSignal }): Promise<readonly Finding[]>;
}
