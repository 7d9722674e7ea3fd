import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { REPLACE_NAS_COPY } from '../persistence/grant-store.js';
import type { Job } from '../persistence/job.js';
import { printable } from '../run/printable.js';
import { assertReason } from './assert-reason.js';
import { requireEligible } from './gate.js';
import type { Operator, RetryOptions } from './options.js';

/**
 * Checks that a job may be re-armed. Gives the operator's words for the journal.
 * @throws NasSyncError `gate_blocked`, `usage`, `not_allowed`
 */
export async function allowRetry(engine: Engine, job: Job, options: RetryOptions): Promise<Operator> {
  const { replace = false, ...operator } = options;
  if (job.state === 'failed') await requireEligible(engine, engine.validator, job.runPath);
  return replace ? grantReplace(engine, job, operator) : operator;
}

/**
 * Keeps an operator's word that the NAS's version may be set aside and replaced, until the next pass is proven.
 * @throws NasSyncError `usage`, `not_allowed`
 */
async function grantReplace({ store, clock }: Engine, job: Job, operator: Operator): Promise<Operator> {
  const { by, reason = '' } = operator;
  assertReason(reason, 'to replace what another queue proved');
  if (job.state !== 'failed') {
    throw new NasSyncError(
      'not_allowed',
      `${printable(job.runPath)} is ${job.state}: only a failed job has a version on the NAS to replace`,
    );
  }
  await store.grants.allow(job.jobId, REPLACE_NAS_COPY, { grantedAt: clock.now(), operator: by ?? null, reason });
  return { ...operator, reason: `replace what the NAS holds: ${reason}` };
}
