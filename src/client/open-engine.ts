import { randomUUID } from 'node:crypto';
import { BytePool } from '../bytes/byte-pool.js';
import { systemClock, type Clock } from '../clock.js';
import { canonicalRoots } from '../config/canonical-path.js';
import { defaultDatabaseFile, defineConfig } from '../config/load.js';
import type { Config, ConfigInput } from '../config/schema.js';
import { AcceptedPolicies } from '../engine/accepted-policies.js';
import type { Bay, Engine } from '../engine/engine.js';
import { SteadyClock } from '../engine/steady-clock.js';
import { NasSyncError } from '../errors.js';
import type { EventBus } from '../events.js';
import { noFaults, type Faults } from '../faults.js';
import { builtInValidator } from '../gate/built-in-validator.js';
import type { Validator } from '../gate/validator.js';
import { silentLogger, type Logger } from '../logger.js';
import { openStore, type Store } from '../persistence/store.js';
import { nameRulesOf } from '../run/name-rules.js';
import { createTransport } from '../transports/create-transport.js';
import type { Transport } from '../transports/transport.js';

export interface EngineOptions {
  readonly config: Config | ConfigInput;
  /** A file; else the config's `database`, else `sync_queue.db` in the state folder. */
  readonly database?: string;
  /** Transports of the host's own, by equipment id; the config's are used for the others. */
  readonly transports?: Readonly<Record<string, Transport>>;
  /** Rules of the host's own; else the built-in ones. */
  readonly validator?: Validator;
  readonly clock?: Clock;
  /** For tests: told right before and after each act of a deletion. */
  readonly faults?: Faults;
  readonly logger?: Logger;
}

/** @throws NasSyncError `config_invalid`, `store_unavailable`, `store_newer` */
export async function openEngine(
  options: EngineOptions,
  events: EventBus,
  { drives = true }: { readonly drives?: boolean } = {},
): Promise<Engine> {
  const config = await canonicalRoots(defineConfig(options.config));
  const file = options.database ?? config.database ?? defaultDatabaseFile();
  if (/^postgres(?:ql)?:/u.test(file)) {
    throw new NasSyncError('config_invalid', 'database: PostgreSQL comes with a later release; give a file');
  }
  const own = options.transports ?? {};
  const store = await openStore(file, { drives }).catch(async (error: unknown) => {
    await closeTransports(Object.values(own));
    throw error;
  });
  const bays = await baysOf(config, own, store).catch(async (error: unknown) => {
    await Promise.all([closeTransports(Object.values(own)), store.close()]);
    throw error;
  });
  const policies = await AcceptedPolicies.open(store.policies, config, { drives }).catch(async (error: unknown) => {
    await Promise.allSettled([closeBays(bays), store.close()]);
    throw error;
  });
  const clock = options.clock ?? systemClock;
  const workerId = randomUUID();
  return {
    config,
    bays,
    store,
    policies,
    steady: new SteadyClock(store, clock, { owner: workerId, drives }),
    validator: options.validator ?? builtInValidator(config.validator),
    faults: options.faults ?? noFaults,
    pool: new BytePool(),
    clock,
    events,
    logger: options.logger ?? silentLogger,
    workerId,
  };
}

export async function closeEngine(engine: Engine): Promise<void> {
  await Promise.allSettled([closeBays(engine.bays), engine.pool.close()]);
  await engine.store.close();
}

async function baysOf(
  config: Config,
  own: Readonly<Record<string, Transport>>,
  store: Store,
): Promise<Map<string, Bay>> {
  const queueId = await store.seals.queueId();
  return new Map(
    config.equipment.map((equipment) => {
      const names = nameRulesOf(equipment);
      const transport = own[equipment.id] ?? createTransport(equipment, config.verify, queueId);
      return [equipment.id, { equipment, transport, names }];
    }),
  );
}

/** A host's transport that fails to close must not keep the queue open. */
const closeTransports = (transports: Iterable<Transport>) =>
  Promise.allSettled([...transports].map(async (transport) => transport.close()));

const closeBays = (bays: ReadonlyMap<string, Bay>) =>
  closeTransports([...bays.values()].map(({ transport }) => transport));
