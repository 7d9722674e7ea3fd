import type { Measured } from '../cleanup/evaluate-interlocks.js';
import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { deleteEmptyRun, keepExtra, type Grant } from '../persistence/grant-store.js';
import type { Job } from '../persistence/job.js';
import { printable } from '../run/printable.js';
import { assertReason } from './assert-reason.js';
import type { Operator } from './options.js';

interface WordOptions extends Operator {
  readonly empty?: { readonly reason: string };
  readonly extra?: { readonly reason: string };
}

/** What a person allows for one deletion. */
export interface DeletionWords {
  readonly empty?: Grant;
  readonly extra?: Grant;
}

/** As `clean` was given them. @throws NasSyncError `usage` without a reason */
export function wordsOf({ empty, extra, by }: WordOptions, grantedAt: number): DeletionWords {
  if (empty !== undefined) assertReason(empty.reason, 'to delete an empty run');
  if (extra !== undefined) assertReason(extra.reason, 'to leave extra files on the NAS');
  const grantOf = (reason: string): Grant => ({ grantedAt, operator: by ?? null, reason });
  return {
    ...(empty !== undefined && { empty: grantOf(empty.reason) }),
    ...(extra !== undefined && { extra: grantOf(extra.reason) }),
  };
}

/**
 * Who calls a run empty that holds files, or speaks of extra files where there are none, looks at another one.
 * @throws NasSyncError `not_allowed`
 */
export function assertWordsFit(
  { runPath }: Job,
  { proof, extra: found }: Measured,
  { empty, extra }: DeletionWords,
): void {
  const files = proof?.files.size ?? 0;
  if (empty !== undefined && files > 0) {
    throw new NasSyncError(
      'not_allowed',
      `${printable(runPath)} is not empty: ${files} files of it are proven; clean it without \`--empty\``,
    );
  }
  if (extra !== undefined && found.length === 0) {
    throw new NasSyncError(
      'not_allowed',
      `the NAS holds nothing but the run in the place of ${printable(runPath)}, or was not asked; clean it without \`--extra\``,
    );
  }
}

/** Stored once everything else holds. Gives the words for the journal, if there are any. */
export async function keepWords(
  { store: { grants } }: Engine,
  { jobId }: Job,
  { proof, extra: found }: Measured,
  { empty, extra }: DeletionWords,
): Promise<string | undefined> {
  const words: string[] = [];
  if (empty !== undefined && proof !== null) {
    await grants.allow(jobId, deleteEmptyRun(proof.proof.proofId), empty);
    words.push(`it may go though it is empty: ${empty.reason}`);
  }
  if (extra !== undefined) {
    await grants.allow(jobId, keepExtra(found), extra);
    words.push(`${found.length} extra ${found.length === 1 ? 'file' : 'files'} may stay on the NAS: ${extra.reason}`);
  }
  return words.length === 0 ? undefined : words.join('; ');
}
