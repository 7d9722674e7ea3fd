import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/** The log is written before its commit counts, by as long as the disk takes to sync: so look again, a few times. */
const LOOK_AFTER_MS = [0, 5, 25, 100, 500, 2000];
/** For a file system that tells nothing. Costs one number, no row. */
const SLOW_LOOK_MS = 3000;

/**
 * Tells when another process has committed to the same database. The file system says that the write-ahead log moved;
 * `data_version` says whether that was somebody else. No row is read for it.
 */
export class ChangeFeed {
  readonly #listeners = new Set<() => void>();
  readonly #dataVersion: () => number;
  #seen: number;
  #watcher: FSWatcher | null = null;
  #looks: NodeJS.Timeout[] = [];
  #slowLook: NodeJS.Timeout | null = null;

  constructor(file: string, dataVersion: () => number) {
    this.#dataVersion = dataVersion;
    this.#seen = dataVersion();
    const log = `${basename(file)}-wal`;
    try {
      this.#watcher = watch(dirname(file), { persistent: false }, (_, name) => {
        if (name === null || name === log) this.#lookSoon();
      });
      // Watches can be used up or unsupported; the slow look then still sees each change, only later.
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = null;
    }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#slowLook ??= setInterval(() => this.check(), SLOW_LOOK_MS).unref();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.#endSlowLook();
    };
  }

  check(): void {
    const version = this.#versionNow();
    if (version === this.#seen) return;
    this.#seen = version;
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
    this.#forgetLooks();
    this.#endSlowLook();
  }

  #endSlowLook(): void {
    clearInterval(this.#slowLook ?? undefined);
    this.#slowLook = null;
  }

  /** Each move of the log starts the looks anew, so that the last one comes well after the last move. */
  #lookSoon(): void {
    this.#forgetLooks();
    this.#looks = LOOK_AFTER_MS.map((delay) => setTimeout(() => this.check(), delay).unref());
  }

  #forgetLooks(): void {
    for (const look of this.#looks) clearTimeout(look);
    this.#looks = [];
  }

  /** While another process recovers the log nothing can be read; the next look will see what it did. */
  #versionNow(): number {
    try {
      return this.#dataVersion();
    } catch {
      return this.#seen;
    }
  }
}
