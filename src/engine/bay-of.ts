import { NasSyncError } from '../errors.js';
import { EVERY_NAME_IS_DATA, type NameRules } from '../run/name-rules.js';
import type { Bay, Engine } from './engine.js';

/** Of equipment that left the config nothing is known: there every name is data. */
export const namesOf = ({ bays }: Pick<Engine, 'bays'>, equipmentId: string): NameRules =>
  bays.get(equipmentId)?.names ?? EVERY_NAME_IS_DATA;

/** @throws NasSyncError `not_configured` */
export function bayOf({ bays }: Pick<Engine, 'bays'>, equipmentId: string): Bay {
  const bay = bays.get(equipmentId);
  if (bay !== undefined) return bay;
  throw new NasSyncError('not_configured', `equipment ${equipmentId} is no longer in the config; add it back`);
}
