import { ChangeFeed } from './change-feed.js';
import { openDatabase } from './database.js';
import type { DiskReserve } from './disk-reserve.js';
import { DigestStore } from './digest-store.js';
import { GrantStore } from './grant-store.js';
import { JobStore } from './job-store.js';
import { PolicyStore } from './policy-store.js';
import { ProofStore } from './proof-store.js';
import { RemovalStore } from './removal-store.js';
import { SealStore } from './seal-store.js';
import { SteadyStore } from './steady-store.js';
import { TargetStore } from './target-store.js';
import { WorkerStore } from './worker-store.js';

/** Everything that a process keeps between two starts. */
export interface Store {
  readonly jobs: JobStore;
  readonly workers: WorkerStore;
  readonly digests: DigestStore;
  readonly proofs: ProofStore;
  readonly seals: SealStore;
  readonly removals: RemovalStore;
  readonly grants: GrantStore;
  readonly policies: PolicyStore;
  readonly targets: TargetStore;
  readonly steady: SteadyStore;
  readonly changes: ChangeFeed;
  /** What SQLite finds wrong with the queue's file, or `null`. Reads all of it. */
  findDamage(): string | null;
  readonly reserve: DiskReserve;
  close(): Promise<void>;
}

/** @throws NasSyncError `store_unavailable`, `store_newer` */
export async function openStore(file: string, options: { readonly drives?: boolean } = {}): Promise<Store> {
  const database = await openDatabase(file, options);
  const changes = new ChangeFeed(file, () => database.dataVersion());
  return {
    jobs: new JobStore(database.db),
    workers: new WorkerStore(database.db),
    digests: new DigestStore(database.db),
    proofs: new ProofStore(database.db),
    seals: new SealStore(database.db),
    removals: new RemovalStore(database.db),
    grants: new GrantStore(database.db),
    policies: new PolicyStore(database.db),
    targets: new TargetStore(database.db),
    steady: new SteadyStore(database.db),
    changes,
    findDamage: () => database.findDamage(),
    reserve: database.reserve,
    close: async () => {
      changes.close();
      await database.close();
    },
  };
}
