/** The only source of time in the engine. Hosts and tests may supply their own. */
export interface Clock {
  /** Wall clock, in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never goes backwards, unlike {@link Clock.now}. */
  monotonic(): number;
  /** Calls `fire` once, after `delayMs` milliseconds. Returns a function that disarms the timer. */
  setTimer(fire: () => void, delayMs: number): () => void;
}

/** Node clamps a longer delay to 1 ms, which would turn a far due time into a busy loop. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  setTimer(fire, delayMs) {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** `at` as the public shapes carry it: ISO 8601, UTC, milliseconds. */
export const isoTime = (atMs: number): string => new Date(atMs).toISOString();
