import { hostname } from 'node:os';
import { SimulatedClock } from 'nas-sync/testing';
import { describe, expect, it } from 'vitest';
import type { Store } from '#dist/persistence/store.js';
import type { Worker } from '#dist/persistence/worker-store.js';
import { LeaseKeeper } from '#dist/scheduler/lease-keeper.js';

const LEASE_MS = 60_000;
const BEAT_MS = LEASE_MS / 3;

/** A keeper that sees one other worker, on another host. */
function keeperBeside() {
  const clock = new SimulatedClock();
  const buried: string[] = [];
  let worker: Worker = {
    workerId: 'far',
    host: `not-${hostname()}`,
    pid: 1,
    incarnation: '',
    namespace: '',
    expiresAt: clock.now() + LEASE_MS,
  };
  const workers = {
    others: () => Promise.resolve(buried.includes(worker.workerId) ? [] : [worker]),
    unknownOwners: () => Promise.resolve([]),
    bury: (workerId: string) => {
      buried.push(workerId);
      return Promise.resolve([]);
    },
  };
  const keeper = new LeaseKeeper({
    store: { workers } as unknown as Store,
    clock,
    workerId: 'me',
    leaseMs: LEASE_MS,
    crashLimit: 10,
    onTick: () => Promise.resolve(),
    onError: () => undefined,
    onTicked: () => undefined,
  });
  const renew = (): unknown => (worker = { ...worker, expiresAt: clock.now() + LEASE_MS });
  return { clock, keeper, buried, renew };
}

describe('the lease of a worker on another host', () => {
  it('is taken over only once it has stayed expired for a heartbeat', async () => {
    const { clock, keeper, buried } = keeperBeside();

    await clock.advance(LEASE_MS + 1);
    await keeper.recover();
    await clock.advance(BEAT_MS - 1);
    await keeper.recover();
    expect(buried).toEqual([]);

    await clock.advance(1);
    await keeper.recover();
    expect(buried).toEqual(['far']);
  });

  it('is not taken over where only the wall clock was set forward and its owner goes on renewing it', async () => {
    const { clock, keeper, buried, renew } = keeperBeside();

    clock.jump(10 * LEASE_MS);
    await keeper.recover();
    renew();
    await clock.advance(BEAT_MS);
    await keeper.recover();
    await clock.advance(LEASE_MS);
    await keeper.recover();

    expect(buried).toEqual([]);
  });
});
