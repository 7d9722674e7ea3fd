import type { Engine } from '../engine/engine.js';
import type { EventBus } from '../events.js';
import { Scheduler } from '../scheduler/scheduler.js';
import { closeEngine, openEngine } from './open-engine.js';
import type { NasSyncClientOptions } from './options.js';
import { tellLoosened } from './policy-notice.js';

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
