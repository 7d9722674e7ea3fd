import type { EventBus } from '../events.js';
import type { JournalEntry } from '../persistence/job.js';
import type { Store } from '../persistence/store.js';

/** Follows the journal as it grows, by this process's commits and by others'. One read a batch of commits. */
export class JournalFeed {
  readonly #store: Store;
  readonly #events: EventBus;

  constructor(store: Store, events: EventBus) {
    this.#store = store;
    this.#events = events;
  }

  /** Entries committed after the first step, oldest first, until the signal aborts. */
  async *follow(signal: AbortSignal): AsyncGenerator<JournalEntry> {
    let last: number | null = null;
    for await (const _ of this.moves(signal)) {
      last ??= await this.#store.jobs.lastSeq();
      for (;;) {
        const entries = await this.#store.jobs.journalAfter(last);
        for (const entry of entries) {
          last = entry.seq;
          yield entry;
        }
        if (entries.length === 0) break;
      }
    }
  }

  /** Steps once at once, and again whenever some job or lane may have moved. What moves during a step is not missed. */
  async *moves(signal: AbortSignal): AsyncGenerator<void> {
    let moved = true;
    let wake = (): void => undefined;
    const onMove = (): void => {
      moved = true;
      wake();
    };
    const stops = [
      this.#store.changes.subscribe(onMove),
      this.#events.subscribe((event) => {
        if (event.type === 'transition' || event.type === 'lane') onMove();
      }),
    ];
    signal.addEventListener('abort', onMove);
    try {
      while (!signal.aborted) {
        if (!moved) await new Promise<void>((resolve) => (wake = resolve));
        moved = false;
        if (!signal.aborted) yield;
      }
    } finally {
      for (const stop of stops) stop();
      signal.removeEventListener('abort', onMove);
    }
  }
}
