import { createHash } from 'node:crypto';
import { NasSyncError } from '../errors.js';
import type { KnownSeals } from '../persistence/seal-store.js';
import { MANIFEST_PATH } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { sealMarkIn, type SealMark } from '../run/record/seal-mark.js';
import { shellWord } from '../run/shell-quote.js';
import type { Transport } from '../transports/transport.js';
import { someOf } from './run-changes.js';

/** What the run's place on the NAS says of who proved it. */
export interface NasHistory {
  readonly manifest: Uint8Array | null;
  readonly record: Uint8Array | null;
  readonly mark: SealMark | null;
}

export async function readHistory(transport: Transport, target: string, signal: AbortSignal): Promise<NasHistory> {
  const [manifest, record] = await Promise.all([
    transport.readMeta(`${target}/${MANIFEST_PATH}`, signal),
    transport.readMeta(`${target}/${RECORD_PATH}`, signal),
  ]);
  return { manifest, record, mark: sealMarkIn(record) };
}

/**
 * Whether what was proven there was proven by this very job of this very queue. The id of a pass is random, so neither
 * a copy of the queue nor an older one knows those that were made since. Releases before this left no mark.
 */
export function isOurs({ manifest, mark }: NasHistory, known: KnownSeals): boolean {
  if (mark !== null) return known.passes.has(mark.pass);
  return manifest === null || known.manifests.has(sha256Of(manifest));
}

export const sha256Of = (data: Uint8Array | string): string => createHash('sha256').update(data).digest('hex');

export interface Conflicting {
  readonly runPath: string;
  /** For people. */
  readonly place: string;
  readonly history: NasHistory;
  readonly paths: readonly string[];
}

/** The NAS's version would be changed or removed, and only a person may want that. */
export function neverProvenHere({ runPath, place, history, paths }: Conflicting): NasSyncError {
  const run = shellWord(runPath);
  return new NasSyncError(
    'target_conflict',
    `${printable(place)}: the NAS holds a version that this queue never proved (${sealedBy(history.mark)})${paths.length === 0 ? '' : `: ${someOf(paths)}`}; compare both, then take the NAS's: \`nas-sync restore ${run} --overwrite\`, or set it aside there and replace it: \`nas-sync retry ${run} --replace --reason REASON\``,
  );
}

/** For people. */
export function sealedBy(mark: SealMark | null): string {
  if (mark === null) return 'sealed by another queue, which left no mark';
  const { queue, pass, sealedAt } = mark;
  return `sealed ${short(sealedAt)} by queue ${short(queue)}, pass ${short(pass)}`;
}

/** It stands on the NAS, and may be as long as somebody likes. */
const short = (text: string): string => (text === '' ? 'unknown' : printable(text.slice(0, 64)));
