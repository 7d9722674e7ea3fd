const FLAG_BYTES = 8;
const BYTES_DONE = 0;
const FILES_DONE = 1;
const CURRENT = 2;
const NEXT_FREE_NS = 3;
const CAP_BYTES_PER_SECOND = 4;
const PULSE = 5;
const COUNTERS = 6;

const NS_PER_SECOND = 1_000_000_000n;
const NS_PER_MS = 1_000_000;
const LONGEST_NAP_MS = 500;

/**
 * What the main thread and the byte workers share about one piece of work, in memory that both see: workers block in
 * system calls for as long as a NAS pleases, and no message would reach them there.
 */
export class Control {
  readonly buffer: SharedArrayBuffer;
  readonly #stopped: Int32Array;
  readonly #counters: BigInt64Array;

  constructor(buffer = new SharedArrayBuffer(FLAG_BYTES + COUNTERS * 8)) {
    this.buffer = buffer;
    this.#stopped = new Int32Array(buffer, 0, 1);
    this.#counters = new BigInt64Array(buffer, FLAG_BYTES, COUNTERS);
  }

  stop(): void {
    Atomics.store(this.#stopped, 0, 1);
    Atomics.notify(this.#stopped, 0);
  }

  get stopped(): boolean {
    return Atomics.load(this.#stopped, 0) === 1;
  }

  beginFile(index: number): void {
    Atomics.store(this.#counters, CURRENT, BigInt(index));
  }

  /** A sign of life from work that is not counted. */
  beat(): void {
    Atomics.add(this.#counters, PULSE, 1n);
  }

  addBytes(count: number): void {
    this.beat();
    Atomics.add(this.#counters, BYTES_DONE, BigInt(count));
  }

  /** Of a copy that is made anew. */
  uncountBytes(count: number): void {
    Atomics.sub(this.#counters, BYTES_DONE, BigInt(count));
  }

  endFile(): void {
    this.beat();
    Atomics.add(this.#counters, FILES_DONE, 1n);
  }

  get pulse(): number {
    return Number(Atomics.load(this.#counters, PULSE));
  }

  read(): { bytes: number; files: number; current: number } {
    return {
      bytes: Number(Atomics.load(this.#counters, BYTES_DONE)),
      files: Number(Atomics.load(this.#counters, FILES_DONE)),
      current: Number(Atomics.load(this.#counters, CURRENT)),
    };
  }

  /** 0 lifts the cap. May change while the work goes on: the next chunk obeys. */
  set capBytesPerSecond(cap: number) {
    Atomics.store(this.#counters, CAP_BYTES_PER_SECOND, BigInt(Math.round(cap)));
  }

  get capBytesPerSecond(): number {
    return Number(Atomics.load(this.#counters, CAP_BYTES_PER_SECOND));
  }

  /** Blocks the calling worker until `count` bytes fit under the cap that all workers share, or until stop(). */
  pace(count: number): void {
    const cap = Atomics.load(this.#counters, CAP_BYTES_PER_SECOND);
    if (cap === 0n) return;
    const cost = (BigInt(count) * NS_PER_SECOND) / cap;
    for (;;) {
      const free = Atomics.load(this.#counters, NEXT_FREE_NS);
      const now = process.hrtime.bigint();
      const start = free > now ? free : now;
      if (Atomics.compareExchange(this.#counters, NEXT_FREE_NS, free, start + cost) !== free) continue;
      this.#waitUntil(start);
      return;
    }
  }

  /** In short naps, each a sign of life: waiting for the cap is not a stall. */
  #waitUntil(start: bigint): void {
    for (
      let left = start - process.hrtime.bigint();
      left > 0n && !this.stopped;
      left = start - process.hrtime.bigint()
    ) {
      this.beat();
      Atomics.wait(this.#stopped, 0, 0, Math.min(Number(left) / NS_PER_MS, LONGEST_NAP_MS));
    }
  }
}
