import type { BytePool } from '../bytes/byte-pool.js';
import type { Clock } from '../clock.js';
import type { Config, Equipment } from '../config/schema.js';
import { NasSyncError } from '../errors.js';
import type { EventBus } from '../events.js';
import type { Faults } from '../faults.js';
import type { Validator } from '../gate/validator.js';
import type { Logger } from '../logger.js';
import type { Store } from '../persistence/store.js';
import { EVERY_NAME_IS_DATA, type NameRules } from '../run/name-rules.js';
import type { Transport } from '../transports/transport.js';
import type { AcceptedPolicies } from './accepted-policies.js';
import type { SteadyClock } from './steady-clock.js';

/** One configured instrument, with the way to its NAS. */
export interface Bay {
  readonly equipment: Equipment;
  readonly transport: Transport;
  /** Which names of its runs are volatile, and which are no part of them. */
  readonly names: NameRules;
}

/** What the scheduler and its work need from outside. */
export interface Engine {
  readonly config: Config;
  readonly bays: ReadonlyMap<string, Bay>;
  readonly store: Store;
  /** Which cleanup policy counts; never `config.nasCleanup` alone. */
  readonly policies: AcceptedPolicies;
  readonly steady: SteadyClock;
  readonly validator: Validator;
  readonly faults: Faults;
  readonly pool: BytePool;
  readonly clock: Clock;
  readonly events: EventBus;
  readonly logger: Logger;
  /** This process's entry among the lease holders. */
  readonly workerId: string;
}

/** Of equipment that left the config nothing is known: there every name is data. */
export const namesOf = ({ bays }: Pick<Engine, 'bays'>, equipmentId: string): NameRules =>
  bays.get(equipmentId)?.names ?? EVERY_NAME_IS_DATA;

/** @throws NasSyncError `not_configured` */
export function bayOf({ bays }: Pick<Engine, 'bays'>, equipmentId: string): Bay {
  const bay = bays.get(equipmentId);
  if (bay !== undefined) return bay;
  throw new NasSyncError('not_configured', `equipment ${equipmentId} is no longer in the config; add it back`);
}
