import type { Clock } from '../clock.js';
import type { Advanced } from '../persistence/apply-event.js';
import type { Store } from '../persistence/store.js';
import { isGone } from '../persistence/worker-store.js';

/** Beats in a lease: two may be missed before another process takes over. */
const BEATS_PER_LEASE = 3;

export interface LeaseOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly workerId: string;
  readonly leaseMs: number;
  /** Crashes in a row after which a job is parked as `crash_loop`. */
  readonly crashLimit: number;
  readonly onTick: () => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly onTicked: () => void;
}

/** Keeps this process's leases alive, and takes those of dead processes from them. */
export class LeaseKeeper {
  readonly #options: LeaseOptions;
  /** Entries that looked expired, and since when. */
  readonly #suspects = new Map<string, { readonly expiresAt: number; readonly since: number }>();
  #disarm: () => void = () => undefined;
  #stopped = false;
  #ticking = false;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get beatMs(): number {
    return this.#options.leaseMs / BEATS_PER_LEASE;
  }

  get busy(): boolean {
    return this.#ticking;
  }

  async start(): Promise<void> {
    await this.#beat();
    this.#arm();
  }

  /** Jobs whose owner is dead are `interrupted`: at once if it ran on this host, else when its lease has run out. */
  async recover(): Promise<Advanced[]> {
    const { store, clock, workerId, crashLimit } = this.#options;
    const interrupted: Advanced[] = [];
    for (const worker of await store.workers.others(workerId)) {
      if (!isGone(worker) && !this.#hasRunOut(worker)) continue;
      this.#suspects.delete(worker.workerId);
      interrupted.push(...(await store.workers.bury(worker.workerId, clock.now(), crashLimit)));
    }
    for (const owner of await store.workers.unknownOwners()) {
      interrupted.push(...(await store.workers.bury(owner, clock.now(), crashLimit)));
    }
    return interrupted;
  }

  /** A lease that could not be given back in order is given back as a crash would be. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#disarm();
    const { store, clock, workerId, crashLimit } = this.#options;
    await store.workers.bury(workerId, clock.now(), crashLimit);
  }

  /** A wall clock set forward makes every lease look expired: only one that stays so for a beat has really run out. */
  #hasRunOut(worker: { workerId: string; expiresAt: number }): boolean {
    const { clock } = this.#options;
    if (worker.expiresAt >= clock.now()) {
      this.#suspects.delete(worker.workerId);
      return false;
    }
    const suspect = this.#suspects.get(worker.workerId);
    if (suspect?.expiresAt === worker.expiresAt) return clock.monotonic() - suspect.since >= this.beatMs;
    this.#suspects.set(worker.workerId, { expiresAt: worker.expiresAt, since: clock.monotonic() });
    return false;
  }

  #arm(): void {
    this.#disarm = this.#options.clock.setTimer(() => void this.#tick(), this.beatMs);
  }

  async #tick(): Promise<void> {
    this.#ticking = true;
    try {
      await this.#beat();
      await this.#options.onTick();
    } catch (error) {
      this.#options.onError(error);
    }
    if (!this.#stopped) this.#arm();
    this.#ticking = false;
    this.#options.onTicked();
  }

  async #beat(): Promise<void> {
    const { store, clock, workerId, leaseMs } = this.#options;
    await store.workers.beat(workerId, clock.now() + leaseMs);
  }
}
