import { randomUUID } from 'node:crypto';
import type { Clock, Uptime } from '../clock.js';

interface Timer {
  readonly fire: () => void;
  readonly at: number;
}

/** Time that moves only when told to. Timers fire in the order of their times, each at its own. */
export class SimulatedClock implements Clock {
  #wall: number;
  #elapsed = 0;
  readonly #boot: string = randomUUID();
  readonly #timers = new Set<Timer>();

  /** @param start wall-clock time in ms since the epoch */
  constructor(start = Date.UTC(2026, 0, 1)) {
    this.#wall = start;
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** One machine that is never restarted, whichever client asks. */
  uptime(): Uptime {
    return { boot: this.#boot, ms: this.#elapsed };
  }

  setTimer(fire: () => void, delayMs: number): () => void {
    const timer = { fire, at: this.#elapsed + Math.max(delayMs, 0) };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Lets `ms` pass. `settle` is awaited after each timer, so that what it started may end before the next fires. */
  async advance(ms: number, settle: () => Promise<void> = () => Promise.resolve()): Promise<void> {
    const end = this.#elapsed + ms;
    for (let next = this.#nextUntil(end); next !== null; next = this.#nextUntil(end)) {
      this.#passTo(next.at);
      this.#timers.delete(next);
      next.fire();
      await settle();
    }
    this.#passTo(end);
    await settle();
  }

  /** Sets the wall clock, as an operator or NTP does; no time passes, and no timer fires. */
  jump(ms: number): void {
    this.#wall += ms;
  }

  #passTo(elapsed: number): void {
    this.#wall += elapsed - this.#elapsed;
    this.#elapsed = elapsed;
  }

  #nextUntil(end: number): Timer | null {
    let next: Timer | null = null;
    for (const timer of this.#timers) {
      if (timer.at <= end && (next === null || timer.at < next.at)) next = timer;
    }
    return next;
  }
}
