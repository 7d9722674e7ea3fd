import type { Loosened } from '../engine/accepted-policies.js';
import { NasSyncError } from '../errors.js';
import type { Opened } from './open-engine.js';
import { loosenedSettings } from './policy-notice.js';

export interface PolicyWord {
  readonly operator: string;
  readonly reason?: string;
}

/** What was accepted; nothing where the configured policy permits no more than before. */
export interface PolicyAccepted {
  readonly accepted: readonly Loosened[];
}

/** @throws NasSyncError `usage` without an operator */
export async function acceptPolicy({ engine, scheduler }: Opened, word: PolicyWord): Promise<PolicyAccepted> {
  const { operator, reason = null } = word;
  if (operator.trim() === '') {
    throw new NasSyncError('usage', 'to accept a policy needs the name of the operator; give it');
  }
  const { policies, clock, events, logger } = engine;
  const at = clock.now();
  const accepted = await policies.accept({ at, operator, reason });
  for (const one of accepted) events.emit({ type: 'policy.accepted', at, operator, reason, ...one });
  if (accepted.length > 0)
    logger.info({ operator, reason }, `the cleanup policy was accepted: ${loosenedSettings(accepted)}`);
  await scheduler?.followPolicy();
  return { accepted };
}
