import { createHash } from 'node:crypto';
import { NasSyncError } from '../errors.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { parseRecord } from '../run/record/record-text.js';
import type { Transport } from '../transports/transport.js';
import type { Comparison } from '../verify/compare.js';
import type { ProofDocument } from './document.js';

/** What is wrong with the files that let the NAS copy explain itself. */
export async function brokenSeal(
  { run, target, passes }: ProofDocument,
  transport: Transport,
  signal: AbortSignal,
): Promise<Pick<Comparison, 'mismatched' | 'missing'>> {
  const manifest = await transport.readMeta(`${target.path}/${MANIFEST_PATH}`, signal);
  const record = await transport.readMeta(`${target.path}/${RECORD_PATH}`, signal);
  const sealed = passes.at(-1)?.manifestSha256;
  const wrong = [
    ...(manifest === null || sha256Of(manifest) === sealed ? [] : [MANIFEST_PATH]),
    ...(record === null || isRecordOf(run.runId, record) ? [] : [RECORD_PATH]),
  ];
  const lost = [...(manifest === null ? [MANIFEST_PATH] : []), ...(record === null ? [RECORD_PATH] : [])];
  return { mismatched: wrong, missing: lost };
}

const sha256Of = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

/** It says other things after each step of the run; readable, and of the same run, it must always be. */
function isRecordOf(runId: string | null, data: Uint8Array): boolean {
  try {
    const record = parseRecord(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(data), RECORD_PATH);
    return runId === null || record.runId === runId;
  } catch (error) {
    if (error instanceof NasSyncError || error instanceof TypeError) return false;
    throw error;
  }
}
