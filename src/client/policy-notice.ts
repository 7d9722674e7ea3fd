import type { Loosened } from '../engine/accepted-policies.js';
import type { Engine } from '../engine/engine.js';
import type { PolicyChange } from '../events.js';

/** Told at each start until it is accepted: to hosts, and where deletions are done also to whoever reads the log. */
export function tellLoosened({ policies, clock, events, logger }: Engine, deletes: boolean): void {
  const { loosened } = policies;
  for (const one of loosened) events.emit({ type: 'policy.loosened', at: clock.now(), ...one });
  if (loosened.length > 0 && deletes) logger.warn({}, loosenedText(loosened));
}

export const loosenedText = (loosened: readonly Loosened[]): string =>
  `the configured cleanup policy permits more than was accepted: ${loosenedSettings(loosened)}; the stricter counts until ` +
  '`nas-sync run --accept-policy`';

/** `nas_cleanup.min_age_hours: 24 → 0 (SCOPE, LASER)`: each change once. */
export function loosenedSettings(loosened: readonly Loosened[]): string {
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
