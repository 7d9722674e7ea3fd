import type { Bay, Engine } from '../engine/engine.js';
import type { WaitingFor } from '../machines/job-types.js';
import { meetTarget, type LaneClosed } from '../transports/target-identity.js';

const FIRST_DELAY_MS = 30_000;
const LONGEST_DELAY_MS = 5 * 60_000;

/**
 * Whether a lane's target can be worked with. While it cannot, no job of the lane is touched: a NAS that is down over
 * a weekend costs a probe every few minutes, and not an attempt, or two lines of journal, a job.
 */
export class Breaker {
  readonly #bay: Bay;
  readonly #engine: Engine;
  #closed: { readonly wait: NonNullable<LaneClosed>; readonly closedAt: number; readonly delayMs: number } | null =
    null;
  #probe: Promise<void> | null = null;

  constructor(bay: Bay, engine: Engine) {
    this.#bay = bay;
    this.#engine = engine;
  }

  /** What the lane's jobs wait for, or `null` while it is open. */
  get wait(): WaitingFor | null {
    if (this.#closed === null) return null;
    return { ...this.#closed.wait, ok: false, until: this.#engine.clock.now() + this.#leftMs(this.#closed) };
  }

  get probing(): boolean {
    return this.#probe !== null;
  }

  close(wait: NonNullable<LaneClosed>): void {
    const delayMs = Math.min((this.#closed?.delayMs ?? FIRST_DELAY_MS / 2) * 2, LONGEST_DELAY_MS);
    this.#closed = { wait, delayMs, closedAt: this.#engine.clock.monotonic() };
  }

  /** Asks a closed target again once its time has come. Beside the pump: a stalled answer must hold up no other lane. */
  look(signal: AbortSignal, onEnd: () => void): void {
    if (this.#closed === null || this.#probe !== null || this.#leftMs(this.#closed) > 0) return;
    this.#probe = this.#ask(signal).finally(() => {
      this.#probe = null;
      onEnd();
    });
  }

  async settle(): Promise<void> {
    await this.#probe;
  }

  /** By the clock that nobody sets: a lane must not stay closed for a month because the date was corrected. */
  #leftMs({ closedAt, delayMs }: { closedAt: number; delayMs: number }): number {
    return Math.max(0, closedAt + delayMs - this.#engine.clock.monotonic());
  }

  async #ask(signal: AbortSignal): Promise<void> {
    const { store, clock } = this.#engine;
    try {
      const closed = await meetTarget(this.#bay.transport, store.targets, clock.now(), signal);
      if (closed === null) this.#closed = null;
      else this.close(closed);
    } catch {
      // It answers, and something else is wrong with it: the next job's own work will say what.
      this.#closed = null;
    }
  }
}
