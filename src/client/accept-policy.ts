import { NasSyncError } from '../errors.js';
import type { PolicyChange } from '../events.js';
import type { Loosened } from '../scheduler/accepted-policies.js';
import type { Engine } from '../scheduler/engine.js';
import type { Opened } from './opened.js';

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
  if (accepted.length > 0) logger.info({ operator, reason }, `the cleanup policy was accepted: ${textOf(accepted)}`);
  await scheduler?.followPolicy();
  return { accepted };
}

/** Told at each start until it is accepted: to hosts, and where deletions are done also to whoever reads the log. */
export function tellLoosened({ policies, clock, events, logger }: Engine, deletes: boolean): void {
  const { loosened } = policies;
  for (const one of loosened) events.emit({ type: 'policy.loosened', at: clock.now(), ...one });
  if (loosened.length > 0 && deletes) logger.warn({}, loosenedText(loosened));
}

export const loosenedText = (loosened: readonly Loosened[]): string =>
  `the configured cleanup policy permits more than was accepted: ${textOf(loosened)}; the stricter counts until ` +
  '`nas-sync run --accept-policy`';

/** `nas_cleanup.min_age_hours: 24 → 0 (SCOPE, LASER)`: each change once. */
function textOf(loosened: readonly Loosened[]): string {
  const byChange = new Map<string, string[]>();
  for (const { equipmentId, changes } of loosened) {
    for (const change of changes) {
      const text = changeText(change);
      byChange.set(text, [...(byChange.get(text) ?? []), equipmentId]);
    }
  }
  return [...byChange].map(([text, ids]) => `${text} (${ids.join(', ')})`).join('; ');
}

const changeText = ({ setting, accepted, configured }: PolicyChange): string =>
  `${setting}: ${accepted} → ${configured}`;
