import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';

const LOOK_MS = 250;

/** Bounds what a share may make us wait for: a call on a dead one may never return, and its job must. */
export class Patience {
  readonly #where: string;
  readonly #stallMs: number;

  constructor(where: string, stallMs: number) {
    this.#where = where;
    this.#stallMs = stallMs;
  }

  /**
   * Gives up once nothing has moved for the stall time; `moved` is called at each step. What was begun is left behind.
   * @throws NasSyncError `timeout`; the signal's reason
   */
  async within<T>(signal: AbortSignal, act: (moved: () => void) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    let movedAt = performance.now();
    let giveUp: (reason: unknown) => void = () => undefined;
    const gaveUp = new Promise<never>((_, reject) => (giveUp = reject));
    const onAbort = (): void => giveUp(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    const look = setInterval(() => {
      if (performance.now() - movedAt > this.#stallMs) giveUp(this.#stalled());
    }, LOOK_MS);
    try {
      return await Promise.race([act(() => (movedAt = performance.now())), gaveUp]);
    } finally {
      clearInterval(look);
      signal.removeEventListener('abort', onAbort);
    }
  }

  #stalled(): NasSyncError {
    const seconds = Math.round(this.#stallMs / 100) / 10;
    return new NasSyncError(
      'timeout',
      `${printable(this.#where)} did not answer for ${seconds} s; is the share stalled?`,
    );
  }
}
