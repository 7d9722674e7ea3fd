import type { Clock } from '../clock.js';
import type { Store } from '../persistence/store.js';

/**
 * Time for everything that must not be over early because somebody set the clock: ages, intervals, the trash. In ms, the
 * same for every process on the queue.
 */
export class SteadyClock {
  readonly #store: Pick<Store, 'steady'>;
  readonly #clock: Clock;
  readonly #owner: string;
  readonly #drives: boolean;
  #seen: { readonly steady: number; readonly at: number } | null = null;

  /** @param drives whether the store keeps what it is told: a client that only reads writes nothing */
  constructor(store: Pick<Store, 'steady'>, clock: Clock, { owner, drives }: { owner: string; drives: boolean }) {
    this.#store = store;
    this.#clock = clock;
    this.#owner = owner;
    this.#drives = drives;
  }

  /** Asks the store, and keeps what it says. */
  async now(): Promise<number> {
    const uptime = this.#clock.uptime?.() ?? { boot: this.#owner, ms: this.#clock.monotonic() };
    const wall = this.#clock.now();
    const { steady: kept } = this.#store;
    const steady = await (this.#drives ? kept.advance(uptime, wall) : kept.read(uptime, wall));
    this.#seen = { steady, at: this.#clock.monotonic() };
    return steady;
  }

  /** Without the store: counted on from the last time that it was asked. A machine that slept meanwhile is told later. */
  get estimate(): number {
    if (this.#seen === null) return 0;
    return Math.round(this.#seen.steady + this.#clock.monotonic() - this.#seen.at);
  }
}
