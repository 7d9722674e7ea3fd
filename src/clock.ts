import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';

/** The only source of time in the engine. Hosts and tests may supply their own. */
export interface Clock {
  /** Wall clock, in milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary moment; never goes backwards, unlike {@link Clock.now}. */
  monotonic(): number;
  /**
   * How long the machine has been up, sleep included, and which boot that is: the same for every process on it. A clock
   * without it counts by {@link Clock.monotonic}, for its own process only.
   */
  uptime?(): Uptime;
  /** Calls `fire` once, after `delayMs` milliseconds. Returns a function that disarms the timer. */
  setTimer(fire: () => void, delayMs: number): () => void;
}

export interface Uptime {
  /** Changes with each start of the machine. */
  readonly boot: string;
  readonly ms: number;
}

/** Node clamps a longer delay to 1 ms, which would turn a far due time into a busy loop. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

const BOOT = bootId();

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  uptime: () => ({ boot: BOOT, ms: uptime() * 1000 }),
  setTimer(fire, delayMs) {
    const timer = setTimeout(fire, Math.min(Math.max(delayMs, 0), LONGEST_TIMER_MS));
    return () => clearTimeout(timer);
  },
};

/** `at` as the public shapes carry it: ISO 8601, UTC, milliseconds. */
export const isoTime = (atMs: number): string => new Date(atMs).toISOString();

/** Where the system does not tell, each process counts for itself. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return randomUUID();
  }
}
