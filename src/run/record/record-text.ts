import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { NasSyncError } from '../../errors.js';
import { isTooDeep, MOST_LEVELS } from '../nesting.js';
import { printable } from '../printable.js';
import { isObject, kindOf } from './json-edit.js';

export const SYNC_STATUSES = ['pending', 'synced', 'failed', 'blocked_by_validation', 'cleaned'] as const;
export type SyncStatus = (typeof SYNC_STATUSES)[number];

/** The run record as it was read. What is absent, or not of the kind that the record promises, is `null`. */
export interface RunRecord {
  readonly schemaVersion: string | null;
  readonly runId: string | null;
  readonly runKind: string | null;
  /** A {@link SyncStatus}, or whatever a host wrote there. */
  readonly syncStatus: string | null;
  readonly nasPath: string | null;
  /** The whole document, parsed. */
  readonly raw: unknown;
  /** The file's text, byte for byte, with its BOM if it has one. */
  readonly text: string;
}

const BOM = '\ufeff';
const MAJOR = 1;

export const splitBom = (text: string): { bom: string; json: string } =>
  text.startsWith(BOM) ? { bom: BOM, json: text.slice(BOM.length) } : { bom: '', json: text };

/** Throws `record_invalid`, with line and column where the JSON breaks; `file` is named in the message. */
export function parseRecord(text: string, file: string): RunRecord {
  const raw = parseJson(splitBom(text).json, file);
  if (!isObject(raw)) throw invalidRecord(file, `holds ${kindOf(raw)}, not an object`);
  const paths = isObject(raw['paths']) ? raw['paths'] : {};
  return {
    schemaVersion: schemaVersion(raw['schema_version'], file),
    runId: textOrNull(raw['nas_sync_run_id']),
    runKind: textOrNull(raw['run_kind']),
    syncStatus: textOrNull(raw['sync_status']),
    nasPath: textOrNull(paths['nas']),
    raw,
    text,
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

function parseJson(json: string, file: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalidRecord(file, `is no valid JSON${whereItBreaks(json)}`, error);
  }
  if (isTooDeep(value)) throw invalidRecord(file, `is nested deeper than ${MOST_LEVELS} levels`);
  return value;
}

/** `JSON.parse` names the place in words that differ between versions of Node, or not at all. */
function whereItBreaks(json: string): string {
  const errors: ParseError[] = [];
  try {
    parse(json, errors, { disallowComments: true });
  } catch {
    return '';
  }
  const first = errors[0];
  if (first === undefined) return '';
  const before = json.slice(0, first.offset).split('\n');
  return ` at ${before.length}:${(before.at(-1)?.length ?? 0) + 1} (${printParseErrorCode(first.error)})`;
}

function schemaVersion(value: unknown, file: string): string | null {
  if (value === undefined || value === null) return null;
  const version = typeof value === 'number' ? String(value) : value;
  const major = typeof version === 'string' ? /^(\d+)(?:\.|$)/.exec(version)?.[1] : undefined;
  if (typeof version === 'string' && Number(major) === MAJOR) return version;
  const shown = printable(JSON.stringify(value)).slice(0, 40);
  throw invalidRecord(file, `has schema_version ${shown}, and this release reads ${MAJOR}.x`);
}

export const invalidRecord = (file: string, what: string, cause?: unknown): NasSyncError =>
  new NasSyncError('record_invalid', `the run record ${printable(file)} ${what}: put it right, then try again`, {
    cause,
  });
