import { NasSyncError } from '../errors.js';
import { deleteEmptyRun, type Grant } from '../persistence/grant-store.js';
import type { Job } from '../persistence/job.js';
import { printable } from '../run/display.js';
import type { Engine } from '../scheduler/engine.js';
import type { Measured } from '../scheduler/measure.js';
import { assertReason } from './assert-reason.js';
import type { Operator } from './options.js';

interface EmptyOptions extends Operator {
  readonly empty?: { readonly reason: string };
}

/** A person's word, as `clean` was given it. @throws NasSyncError `usage` without a reason */
export function emptyWordOf({ empty, by }: EmptyOptions, grantedAt: number): Grant | undefined {
  if (empty === undefined) return undefined;
  assertReason(empty.reason, 'to delete an empty run');
  return { grantedAt, operator: by ?? null, reason: empty.reason };
}

/** @throws NasSyncError `not_allowed`: who calls a run empty that holds files looks at another one */
export function assertEmpty({ runPath }: Job, { proof }: Measured): void {
  const files = proof?.files.size ?? 0;
  if (files === 0) return;
  throw new NasSyncError(
    'not_allowed',
    `${printable(runPath)} is not empty: ${files} files of it are proven; clean it without \`--empty\``,
  );
}

/** Stored once everything else holds. Gives the words for the journal. */
export async function keepEmptyWord({ store }: Engine, job: Job, { proof }: Measured, word: Grant): Promise<string> {
  if (proof !== null) await store.grants.allow(job.jobId, deleteEmptyRun(proof.proof.proofId), word);
  return `it may go though it is empty: ${word.reason}`;
}
