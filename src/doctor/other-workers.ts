import { hostname } from 'node:os';
import type { Engine } from '../engine/engine.js';
import type { Worker } from '../persistence/worker-store.js';
import { bootedPidNamespace } from '../run/fs/processes.js';
import { ill, well, type Seen } from './checklist.js';

/**
 * Whether the processes at work on this queue can tell of each other who has ended. In two containers with one host name,
 * or in one pid namespace under two host names, they cannot, and nothing but the leases keeps them off each other's jobs.
 */
export async function otherWorkers({ store, clock, config, workerId }: Engine): Promise<Seen> {
  const namespace = bootedPidNamespace();
  if (namespace === null) {
    return ill(
      'the /proc here is that of another pid namespace, or missing: which process of ours has ended, and which program it left running, cannot be told; leases alone decide',
      "mount this container's own /proc (not the host's)",
    );
  }
  const now = clock.now();
  const others = (await store.workers.others(workerId)).filter(({ expiresAt }) => expiresAt >= now);
  const strange = others.filter((worker) => isStrange(worker, namespace));
  if (strange.length === 0) return well(`other processes at work on this queue: ${others.length}`);
  const seen = strange.map(({ host, pid }) => `${host}, pid ${pid}`).join('; ');
  const { leaseSeconds } = config.scheduler;
  return ill(
    `at work on this queue in another container or under another host name of this machine: ${seen}; neither side can tell whether the other has ended, so leases alone decide: its jobs are taken over only ${leaseSeconds} s after its last sign of life, by clocks that must be in step`,
    'run all schedulers of this queue in one container, or all outside, or give each a queue of its own (--db); else keep their clocks in step (NTP)',
  );
}

const isStrange = ({ host, namespace }: Worker, ours: string): boolean =>
  (host === hostname()) !== (namespace === ours);
