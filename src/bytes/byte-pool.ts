import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Piscina } from 'piscina';
import { NasSyncError } from '../errors.js';
import type { FileDone, FileFailed, FileOutcome, HashTask, PlaceTask } from './tasks.js';
import { Control } from './worker-control.js';

const BATCH_FILES = 64;
const BATCH_BYTES = 32 * 1024 * 1024;
const SAMPLE_MS = 100;
const IDLE_MS = 2000;
const STOP_GRACE_MS = 5000;

/** Snapshot of a piece of work; `current` is the index of a task that is being worked on. */
export interface ByteProgress {
  readonly bytes: number;
  readonly files: number;
  readonly current: number;
}

export interface ByteWork {
  readonly signal: AbortSignal;
  /** Nothing moved for so long: `timeout`. */
  readonly stallMs: number;
  /** Bytes per second; asked again while the work goes on. `null` is no cap. */
  readonly cap?: () => number | null;
  readonly onProgress?: (progress: ByteProgress) => void;
  /** Called with each batch as it ends, before the work as a whole has. */
  readonly onDone?: (done: readonly FileDone[]) => void;
}

/** A file's failure as the workers saw it; who asked gives it its kind. */
export class ByteFailure extends Error {
  readonly failed: FileFailed;

  constructor(failed: FileFailed) {
    super(failed.message);
    this.failed = failed;
  }
}

/** Threads that read, hash and copy. Memory is flat: a megabyte a thread, whatever the files' sizes. */
export class BytePool {
  readonly #threads = availableParallelism();
  readonly #piscina: Piscina;

  constructor() {
    this.#piscina = new Piscina({
      filename: new URL('./worker.js', import.meta.url).href,
      minThreads: 0,
      maxThreads: this.#threads,
      idleTimeout: IDLE_MS,
    });
  }

  place(tasks: readonly PlaceTask[], work: ByteWork): Promise<void> {
    return this.#run('placeFiles', tasks, (task) => task.identity.size, work);
  }

  hashLocal(tasks: readonly (HashTask & { size: number })[], work: ByteWork): Promise<void> {
    return this.#run('hashLocalFiles', tasks, (task) => task.size, work);
  }

  hashTarget(tasks: readonly (HashTask & { size: number })[], work: ByteWork): Promise<void> {
    return this.#run('hashTargetFiles', tasks, (task) => task.size, work);
  }

  /** A thread that a stalled share holds cannot be ended; it must not keep the process from leaving. */
  async close(): Promise<void> {
    await Promise.race([this.#piscina.destroy(), sleep(STOP_GRACE_MS, undefined, { ref: false })]);
  }

  /** @throws ByteFailure with the first failure; NasSyncError `timeout`; the signal's reason. */
  async #run<T extends { readonly index: number }>(
    name: string,
    tasks: readonly T[],
    sizeOf: (task: T) => number,
    work: ByteWork,
  ): Promise<void> {
    work.signal.throwIfAborted();
    const control = new Control();
    const applyCap = () => (control.capBytesPerSecond = work.cap?.() ?? 0);
    applyCap();
    const batches = batchesOf(tasks, sizeOf);
    const lane = async (): Promise<void> => {
      for (let next = batches.next(); next.done !== true; next = batches.next()) {
        if (control.stopped) return;
        const batch = { tasks: next.value, control: control.buffer };
        this.#settle((await this.#piscina.run(batch, { name })) as FileOutcome[], work);
      }
    };
    const watch = watchOver(control, work, applyCap);
    const lanes = Array.from({ length: this.#threads }, lane);
    try {
      await Promise.race([Promise.all(lanes), watch.gaveUp]);
      work.signal.throwIfAborted();
    } finally {
      control.stop();
      watch.end();
      // A thread inside a system call cannot be stopped: what a stalled share holds is left to it after a grace.
      await Promise.race([Promise.allSettled(lanes), sleep(STOP_GRACE_MS, undefined, { ref: false })]);
    }
  }

  #settle(outcomes: readonly FileOutcome[], work: ByteWork): void {
    const done = outcomes.filter((outcome) => outcome.ok);
    if (done.length > 0) work.onDone?.(done);
    const failed = outcomes.find((outcome) => !outcome.ok);
    if (failed !== undefined && failed.code !== 'STOPPED') throw new ByteFailure(failed);
  }
}

/** Samples progress, keeps the cap current, and gives up on abort or when nothing has moved for `stallMs`. */
function watchOver(control: Control, work: ByteWork, applyCap: () => void) {
  let reject: (reason: Error) => void = () => undefined;
  const gaveUp = new Promise<never>((_, refuse) => (reject = refuse));
  gaveUp.catch(() => undefined);
  let pulse = control.pulse;
  let movedAt = performance.now();
  const sample = (): void => {
    applyCap();
    if (control.pulse !== pulse) {
      pulse = control.pulse;
      movedAt = performance.now();
      work.onProgress?.(control.read());
    } else if (performance.now() - movedAt > work.stallMs) {
      reject(
        new NasSyncError('timeout', `nothing moved for ${Math.round(work.stallMs / 1000)} s; is the share stalled?`),
      );
    }
  };
  const timer = setInterval(sample, SAMPLE_MS);
  const abort = (): void => {
    control.stop();
    reject(work.signal.reason as Error);
  };
  work.signal.addEventListener('abort', abort, { once: true });
  return {
    gaveUp,
    end: () => {
      clearInterval(timer);
      work.signal.removeEventListener('abort', abort);
      work.onProgress?.(control.read());
    },
  };
}

function* batchesOf<T>(tasks: readonly T[], sizeOf: (task: T) => number): Generator<T[]> {
  let batch: T[] = [];
  let bytes = 0;
  for (const task of tasks) {
    batch.push(task);
    bytes += sizeOf(task);
    if (batch.length === BATCH_FILES || bytes >= BATCH_BYTES) {
      yield batch;
      batch = [];
      bytes = 0;
    }
  }
  if (batch.length > 0) yield batch;
}
