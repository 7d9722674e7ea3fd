import { watch, type FSWatcher } from 'node:fs';
import { basename, dirname } from 'node:path';

/**
 * Tells when another process has committed to the same database. The file system says that the write-ahead log moved;
 * `data_version` says whether that was somebody else. No row is read for it.
 */
export class ChangeFeed {
  readonly #listeners = new Set<() => void>();
  readonly #dataVersion: () => number;
  #seen: number;
  #watcher: FSWatcher | null = null;

  constructor(file: string, dataVersion: () => number) {
    this.#dataVersion = dataVersion;
    this.#seen = dataVersion();
    const log = `${basename(file)}-wal`;
    try {
      this.#watcher = watch(dirname(file), { persistent: false }, (_, name) => {
        if (name === null || name === log) this.check();
      });
      // Watches can be used up or unsupported; the heartbeat's check() then still sees each change, only later.
      this.#watcher.on('error', () => this.close());
    } catch {
      this.#watcher = null;
    }
  }

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  check(): void {
    const version = this.#dataVersion();
    if (version === this.#seen) return;
    this.#seen = version;
    for (const listener of this.#listeners) listener();
  }

  close(): void {
    this.#watcher?.close();
    this.#watcher = null;
  }
}
