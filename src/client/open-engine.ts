import { randomUUID } from 'node:crypto';
import { BytePool } from '../bytes/byte-pool.js';
import { systemClock } from '../clock.js';
import { canonicalRoots } from '../config/canonical-path.js';
import { defaultDatabaseFile, defineConfig } from '../config/load.js';
import type { Config } from '../config/schema.js';
import { AcceptedPolicies } from '../engine/accepted-policies.js';
import type { Bay, Engine } from '../engine/engine.js';
import { SteadyClock } from '../engine/steady-clock.js';
import { NasSyncError } from '../errors.js';
import type { EventBus } from '../events.js';
import { noFaults } from '../faults.js';
import { builtInValidator } from '../gate/built-in-validator.js';
import { silentLogger } from '../logger.js';
import { openStore, type Store } from '../persistence/store.js';
import { nameRulesOf } from '../run/name-rules.js';
import { Scheduler } from '../scheduler/scheduler.js';
import { createTransport } from '../transports/create-transport.js';
import type { Transport } from '../transports/transport.js';
import type { EngineOptions, NasSyncClientOptions } from './options.js';
import { tellLoosened } from './policy-notice.js';

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

async function closeEngine(engine: Engine): Promise<void> {
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

export interface Opened {
  readonly engine: Engine;
  /** `null` for a client that drives nothing. */
  readonly scheduler: Scheduler | null;
}

/** `own`: the ids of the jobs that this client enqueued, which grows. */
export async function openAll(
  options: NasSyncClientOptions,
  events: EventBus,
  own: ReadonlySet<string>,
): Promise<Opened> {
  const { drive = 'all', letGo = true } = options;
  const engine = await openEngine(options, events, { drives: drive !== 'none' });
  tellLoosened(engine, letGo && drive !== 'none');
  if (drive === 'none') return { engine, scheduler: null };
  const scheduler = new Scheduler(engine, { only: drive === 'own' ? own : null, unprovenOnly: !letGo });
  try {
    await scheduler.start();
  } catch (error) {
    await closeAll({ engine, scheduler }, 0).catch(() => undefined);
    throw error;
  }
  return { engine, scheduler };
}

export async function closeAll({ engine, scheduler }: Opened, deadline: number): Promise<void> {
  try {
    await scheduler?.close(deadline);
  } finally {
    await closeEngine(engine);
  }
}
