import { isObject } from './json-edit.js';
import { RECORD_PATH } from './record-file.js';
import { parseRecord, type RunRecord, type SyncStatus } from './record-text.js';
import { recordTextWith } from './record.js';

/** The key of the NAS's record that says who sealed it. The workstation's record never has it. */
const SEAL_KEY = 'nas_sync';

/** Who sealed the copy on the NAS. As it was read there, each part may be any text; what was no text is empty. */
export interface SealMark {
  readonly queue: string;
  readonly job: string;
  /** The id of the pass; the proof that it leads to has the same. */
  readonly pass: string;
  readonly sealedAt: string;
  readonly manifestSha256: string;
}

/** The record as the NAS shall hold it: with this status, or the one that it has, and with this mark or none. */
export const recordForNas = (record: RunRecord, status: SyncStatus | null, mark: unknown): string =>
  recordTextWith(record, [
    ...(status === null ? [] : [{ path: ['sync_status'], value: status }]),
    { path: [SEAL_KEY], value: mark },
  ]);

/** The record as the workstation shall hold it. */
export const withoutMark = (record: RunRecord): string => recordForNas(record, null, undefined);

/** The mark as it stands there, whatever it is; `undefined` where there is none. */
export const rawMarkOf = ({ raw }: Pick<RunRecord, 'raw'>): unknown => (isObject(raw) ? raw[SEAL_KEY] : undefined);

export const rawMark = ({ queue, job, pass, sealedAt, manifestSha256 }: SealMark): unknown => ({
  queue,
  job,
  pass,
  sealed_at: sealedAt,
  manifest_sha256: manifestSha256,
});

/** `null` where the record cannot be read, or has no mark. */
export function sealMarkIn(data: Uint8Array | null): SealMark | null {
  const record = readableRecord(data);
  const raw = record === null ? undefined : rawMarkOf(record);
  if (raw === undefined) return null;
  const text = (key: string): string => (isObject(raw) && typeof raw[key] === 'string' ? raw[key] : '');
  return {
    queue: text('queue'),
    job: text('job'),
    pass: text('pass'),
    sealedAt: text('sealed_at'),
    manifestSha256: text('manifest_sha256'),
  };
}

/** `null` where there is none, or none that can be read. */
export function readableRecord(data: Uint8Array | null): RunRecord | null {
  if (data === null) return null;
  try {
    return parseRecord(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data), RECORD_PATH);
  } catch {
    return null;
  }
}
