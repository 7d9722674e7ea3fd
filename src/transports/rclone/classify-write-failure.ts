import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { failureOf, hasNoReason, type Where } from './failures.js';
import { freeBytes } from './probe.js';
import type { Outcome, Rclone } from './rclone.js';

const REFUSED_AT_ONCE = /(?:Create failed|mkdir .* failed|mkParentDir failed): .*SSH_FX_FAILURE\)$/u;

/**
 * What a failed write means. SFTP knows one word for a full disk, a read-only one and all else, and WebDAV servers may
 * know none: where a server said no more than that, its free space tells them apart.
 * @param needs how many bytes the largest file has
 */
export async function diagnose(
  rclone: Rclone,
  outcome: Outcome,
  where: Where,
  needs: number,
  signal: AbortSignal,
): Promise<Error> {
  const plain = failureOf(outcome, where);
  if (!(plain instanceof NasSyncError) || plain.code !== 'unknown' || !hasNoReason(outcome)) return plain;
  const free = await freeBytes(rclone, signal);
  const told = `rclone: ${outcome.complaints[0]?.message ?? ''}`;
  const inWords = (kind: 'target_full' | 'auth' | 'unknown', says: string): Error =>
    new NasSyncError(kind, printable(`${where.place}: ${says} (${told})`), { tool: outcome.run });
  if (free !== null && free < needs) return inWords('target_full', 'the target is full; make room there');
  if (outcome.complaints.some(({ message }) => REFUSED_AT_ONCE.test(message))) {
    return inWords('auth', 'the target lets nothing be made there; is it read-only? Make it writable, then retry');
  }
  return inWords('unknown', 'the server refuses to store it and gives no reason; is it full, or read-only?');
}
