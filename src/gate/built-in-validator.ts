import nodePath from 'node:path';
import type { Config } from '../config/schema.js';
import { EVERY_NAME_IS_DATA } from '../run/name-rules.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { visitRun, type Visit } from '../run/visit.js';
import { readText } from './content/read-text.js';
import { asWalked, renderedByRecord } from './content/rendered-files.js';
import { textFacts } from './content/text-facts.js';
import { Gathered } from './rules/finding-collector.js';
import { runFacts, wayTo, type PathLogic } from './rules/path-segments.js';
import type { NameFacts, Rule } from './rules/rule.js';
import { RULES } from './rules/rules.js';
import type { RunToValidate, Validator } from './validator.js';

export interface BuiltInValidatorOptions {
  /** In the order in which they report; else {@link RULES}. */
  readonly rules?: readonly Rule[];
  /** `posix` or `win32` of `node:path`; else what this machine has. */
  readonly path?: PathLogic;
  /** The files that a template rendered, relative to the run; else what its record says. */
  readonly renderedFiles?: readonly string[] | ((run: RunToValidate) => readonly string[]);
}

type ValidatorConfig = Config['validator'];

const MIB = 1024 * 1024;

const byRecord = ({ record }: RunToValidate): string[] => renderedByRecord(record.raw);

/**
 * Applies rules to a run. It keeps findings and, folder by folder, names; never the whole tree.
 *
 * @example
 * const validator = builtInValidator(config.validator, { rules: [...RULES, noTifOutsideOfRaw] });
 */
export function builtInValidator(config: ValidatorConfig, options: BuiltInValidatorOptions = {}): Validator {
  const { rules = RULES, path = nodePath, renderedFiles = byRecord } = options;
  return {
    async validate(run, { signal }) {
      const gathered = new Gathered(rules);
      for (const folder of wayTo(run, path)) gathered.onTheWay('name', folder);
      gathered.onTheWay('run', runFacts(run, path));

      const listed = typeof renderedFiles === 'function' ? renderedFiles(run) : renderedFiles;
      const rendered = asWalked(listed, run, path);
      const toRead: string[] = [];
      const { isVolatile, isExcluded } = run.names ?? EVERY_NAME_IS_DATA;
      const look = (visit: Visit): void => {
        if (isVolatile(visit.path)) return;
        lookAtPlace(visit, gathered);
        if (visit.found.some((item) => 'kind' in item && item.kind === 'file') && rendered.has(visit.path)) {
          toRead.push(visit.path);
        }
      };
      await visitRun(run.runPath, look, { signal, isExcluded });
      await readAll(run.runPath, toRead, config, gathered, signal);
      return gathered.findings();
    },
  };
}

function lookAtPlace({ path, found, names }: Visit, gathered: Gathered): void {
  const isRecordFolder = path === RECORD_FOLDER && found.length === 0;
  if (path !== '' && !isRecordFolder) gathered.inside('name', nameFacts(path, found));
  if (names.length > 0) gathered.inside('folder', { path, names });
  for (const item of found) if ('reason' in item) gathered.inside('refusal', item);
}

function nameFacts(path: string, [first]: Visit['found']): NameFacts {
  const kind = first !== undefined && 'kind' in first ? first.kind : 'refused';
  return { name: path.slice(path.lastIndexOf('/') + 1), path, kind };
}

async function readAll(
  runPath: string,
  files: readonly string[],
  { contentScanMaxMib, contentScanExtensions }: ValidatorConfig,
  gathered: Gathered,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const path of files) {
    signal?.throwIfAborted();
    if (!contentScanExtensions.some((extension) => path.toLowerCase().endsWith(extension))) continue;
    const content = await readText(runPath, path, contentScanMaxMib * MIB);
    if (content === null) continue;
    if (typeof content === 'string') gathered.inside('text', textFacts(path, content));
    else gathered.inside('refusal', content);
  }
}
