import { NasSyncError } from '../errors.js';
import type { Names } from './key-case.js';

/** Keys in the spelling of the schema, and positions in lists. */
export type KeyPath = readonly (string | number)[];

/** One thing that is wrong with a configuration. */
export interface Problem {
  readonly path: KeyPath;
  readonly message: string;
}

/** Where a configuration came from: what to call it, how it spells its keys, and on which line a key stands. */
export interface Origin {
  readonly name: string;
  readonly names: Names;
  readonly lineOf: ((path: KeyPath) => number) | null;
}

const CONTROL = /[\p{Cc}\u2028\u2029]/gu;

/** Text for a message of one line: control characters are written as `\u000a`. */
export const oneLine = (text: string): string =>
  text.replace(CONTROL, (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`);

export const pathKey = (path: KeyPath): string => JSON.stringify(path);

function writePath(path: KeyPath, names: Names): string {
  const parts = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${names.fromSchema(part)}`));
  return oneLine(parts.join('').replace(/^\./, ''));
}

/** One problem a key: the first that was found is the one that says most. */
function onePerKey(problems: readonly Problem[]): Problem[] {
  const byKey = new Map<string, Problem>();
  for (const problem of problems) {
    const key = pathKey(problem.path);
    if (!byKey.has(key)) byKey.set(key, problem);
  }
  return [...byKey.values()];
}

function inOrder(problems: readonly Problem[], { lineOf }: Origin): Problem[] {
  const distinct = onePerKey(problems);
  return lineOf ? distinct.sort((a, b) => lineOf(a.path) - lineOf(b.path)) : distinct;
}

const NOTHING_FOUND: Problem = { path: [], message: 'is not valid' };

/** The error that names the first problem by line, and counts the others. */
export function configError(problems: readonly Problem[], origin: Origin): NasSyncError {
  const [first = NOTHING_FOUND, ...others] = inOrder(problems, origin);
  const name = oneLine(origin.name);
  const place = origin.lineOf ? `${name}:${origin.lineOf(first.path)}` : name;
  const key = first.path.length > 0 ? `${writePath(first.path, origin.names)}: ` : '';
  const more = others.length > 0 ? ` … and ${others.length} more` : '';
  return new NasSyncError('config_invalid', `${place}: ${key}${oneLine(first.message)}${more}`);
}
