import type { z } from 'zod';
import { closest } from './did-you-mean.js';
import type { Names } from './key-case.js';
import { pathKey, type KeyPath, type Problem } from './problems.js';

type Issue = z.core.$ZodIssue;
type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map of keys',
};

const MISSING = 'is required';

function tooSmall(issue: z.core.$ZodIssueTooSmall): string {
  return issue.inclusive ? `must be at least ${issue.minimum}` : `must be above ${issue.minimum}`;
}

function tooBig(issue: z.core.$ZodIssueTooBig): string {
  return `must be at most ${issue.maximum}${issue.origin === 'string' ? ' characters long' : ''}`;
}

/** The words for an issue whose schema brings none of its own. */
export function inWords(issue: RawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? MISSING : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return tooSmall(issue as z.core.$ZodIssueTooSmall);
    case 'too_big':
      return tooBig(issue as z.core.$ZodIssueTooBig);
    default:
      return 'is not valid';
  }
}

/** The keys that the schema behind an issue knows, where it is a map. */
export function keysOf(issue: RawIssue): string[] {
  const def = issue.inst?._zod.def;
  return def && 'shape' in def && typeof def.shape === 'object' && def.shape ? Object.keys(def.shape) : [];
}

interface UnknownKey {
  readonly path: KeyPath;
  readonly key: string;
  readonly meant: string | null;
}

function unknownKeys(issue: Issue, known: ReadonlyMap<string, string[]>, names: Names): UnknownKey[] {
  if (issue.code !== 'unrecognized_keys') return [];
  const path = issue.path as KeyPath;
  const candidates = known.get(pathKey(path)) ?? [];
  return issue.keys.map((key) => ({ path, key, meant: closest(names.fromSchema(key), candidates) }));
}

/** What zod found, as problems: one for each unknown key, and none for a missing key that is there misspelled. */
export function toProblems(issues: readonly Issue[], known: ReadonlyMap<string, string[]>, names: Names): Problem[] {
  const unknown = issues.flatMap((issue) => unknownKeys(issue, known, names));
  const misspelled = new Set(unknown.map(({ path, meant }) => pathKey([...path, meant ?? ''])));
  const others = issues
    .filter((issue) => issue.code !== 'unrecognized_keys')
    .map((issue) => ({ path: issue.path as KeyPath, message: issue.message }))
    .filter(({ path, message }) => message !== MISSING || !misspelled.has(pathKey(path)));
  const strangers = unknown.map(({ path, key, meant }) => ({
    path: [...path, key],
    message: meant === null ? 'unknown key' : `unknown key, did you mean ${names.fromSchema(meant)}?`,
  }));
  return [...strangers, ...others];
}
