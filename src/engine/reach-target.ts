import { NasSyncError } from '../errors.js';
import { meetTarget } from '../transports/target-identity.js';
import type { Bay, Engine } from './engine.js';

/** @throws NasSyncError `network`, `tool_missing`, `wrong_target`, `auth`, `not_configured` */
export async function meet(engine: Engine, { transport }: Bay, signal: AbortSignal): Promise<void> {
  const { store, clock } = engine;
  const closed = await meetTarget(transport, store.targets, clock.now(), signal, { imprint: false });
  if (closed === null) return;
  throw new NasSyncError(closed.name === 'tool_installed' ? 'tool_missing' : 'network', closed.measured);
}
