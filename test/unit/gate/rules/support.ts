import { posix, win32 } from 'node:path';
import { builtInValidator, type BuiltInValidatorOptions } from '#dist/gate/built-in-validator.js';
import { wayTo } from '#dist/gate/rules/path-segments.js';
import type { Facts, Rule } from '#dist/gate/rules/rule.js';
import type { Finding } from '#dist/gate/validator.js';
import { parseRecord } from '#dist/run/record/record-text.js';
import { runWith } from '../../run/support.js';

export const CONFIG = { contentScanMaxMib: 5, contentScanExtensions: ['.txt', '.md', '.xml'] };

type NameFacts = Facts['name'];

const folderOf = (runPath: string, root: string, path: typeof posix, name: string): NameFacts =>
  wayTo({ runPath, root }, path).find((folder) => folder.name === name)!;

/** Every kind of place at which a name without separators can stand. */
export const PLACES: readonly (readonly [string, (name: string) => NameFacts])[] = [
  ['at the top of the run', (name) => ({ name, path: name, kind: 'file' })],
  ['four levels down', (name) => ({ name, path: `a/b/c/d/${name}`, kind: 'folder' })],
  ['as the run, on POSIX', (name) => folderOf(`/lab/EQ/P/Runs/${name}`, '/lab', posix, name)],
  ['three levels above the run, on POSIX', (name) => folderOf(`/lab/${name}/P/Runs/R`, '/lab', posix, name)],
  ['as the run, on Windows', (name) => folderOf(`D:\\lab\\EQ\\P\\Runs\\${name}`, 'D:\\lab', win32, name)],
  [
    'above the run, on a Windows share',
    (name) => folderOf(`\\\\nas\\lab\\${name}\\Runs\\R`, '\\\\nas\\lab', win32, name),
  ],
];

export const messagesOf = <About extends keyof Facts>(rule: Rule, about: About, facts: Facts[About]): string[] =>
  (rule.checks[about]?.(facts) ?? []).map(({ message }) => message);

export const recordOf = (fields: object) => parseRecord(JSON.stringify(fields), 'record');

/** What the built-in validator finds in a real folder, whose root is the folder above it. */
export async function gated(
  runPath: string,
  {
    fields = {},
    config = {},
    ...options
  }: BuiltInValidatorOptions & { fields?: object; config?: Partial<typeof CONFIG> } = {},
): Promise<Finding[]> {
  const validator = builtInValidator({ ...CONFIG, ...config }, options);
  const run = { runPath, root: posix.dirname(runPath), record: recordOf(fields) };
  return [...(await validator.validate(run, {}))];
}

export const inShort = (findings: readonly Finding[]): string[] =>
  findings.map(({ rule, subject }) => `${rule} ${subject}`);

/** What is found in a file that a template rendered, as `rule: message`. */
export async function foundIn(path: string, content: string, config: Partial<typeof CONFIG> = {}): Promise<string[]> {
  const findings = await gated(runWith({ [path]: content }), { renderedFiles: [path], config });
  return findings.map(({ rule, message }) => `${rule}: ${message}`);
}

/** Holds a placeholder and two template markers. */
export const LEFT = 'on <run_date>, {{ who }} {% if x %}';
