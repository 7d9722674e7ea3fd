import type { WorkOrder } from '../../engine/job-task.js';
import type { NasSyncError } from '../../errors.js';
import { isOurs, neverProvenHere, readHistory } from '../../verify/nas-history.js';

/** Far shorter than any age at which the run may be deleted elsewhere. */
const LOOK_AFTER_MS = 60_000;

/**
 * Ends a push under which another workstation seals the same place. It read the NAS when it sealed, and may delete its own
 * copy later: a push that began before would go on to replace what was proven since.
 */
export class HistoryWatch {
  readonly #order: WorkOrder;
  readonly #passBefore: string | null;
  readonly #ended = new AbortController();
  #lookedAt: number;
  #isLooking = false;

  /** `passBefore`: the pass that the seal at the place names as the push begins. */
  constructor(order: WorkOrder, passBefore: string | null) {
    this.#order = order;
    this.#passBefore = passBefore;
    this.#lookedAt = order.engine.clock.monotonic();
  }

  /** Aborted by the caller, or with a `target_conflict`. */
  get signal(): AbortSignal {
    return AbortSignal.any([this.#order.signal, this.#ended.signal]);
  }

  /** @throws NasSyncError `target_conflict` if that has ended the push */
  throwIfConflict(): void {
    if (this.#ended.signal.aborted) throw this.#ended.signal.reason as NasSyncError;
  }

  /** Called whenever bytes moved: a push that stands still replaces nothing. */
  onProgress(): void {
    const now = this.#order.engine.clock.monotonic();
    if (this.#isLooking || now - this.#lookedAt < LOOK_AFTER_MS) return;
    this.#isLooking = true;
    void this.#look().finally(() => {
      this.#isLooking = false;
      this.#lookedAt = this.#order.engine.clock.monotonic();
    });
  }

  async #look(): Promise<void> {
    const { job, bay, engine, signal } = this.#order;
    try {
      const history = await readHistory(bay.transport, job.targetPath, signal);
      const pass = history.mark?.pass ?? null;
      if (pass === this.#passBefore || isOurs(history, await engine.store.seals.known(job.jobId))) return;
      const place = `${bay.transport.place}/${job.targetPath}`;
      this.#ended.abort(neverProvenHere({ runPath: job.runPath, place, history, paths: [] }));
    } catch {
      // A question that fails says nothing; the push itself meets what is wrong with the way.
    }
  }
}
