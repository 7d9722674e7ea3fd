import { NasSyncError } from '../errors.js';
import type { Bay, Engine } from './engine.js';

/** @throws NasSyncError `not_configured` */
export function bayOf({ bays }: Pick<Engine, 'bays'>, equipmentId: string): Bay {
  const bay = bays.get(equipmentId);
  if (bay !== undefined) return bay;
  throw new NasSyncError('not_configured', `equipment ${equipmentId} is no longer in the config; add it back`);
}
