import { NasSyncError } from '../errors.js';
import { closeAll, type Opened } from './open-engine.js';

/** Opens a client's parts at first use, and closes them once. */
export class Lifecycle {
  readonly tidying = new Tidying();
  readonly #open: () => Promise<Opened>;
  readonly #closing = new AbortController();
  #opening: Promise<Opened> | null = null;
  #closed: Promise<void> | null = null;

  constructor(open: () => Promise<Opened>) {
    this.#open = open;
  }

  /** Aborted once the client closes. */
  get signal(): AbortSignal {
    return this.#closing.signal;
  }

  orClosing(signal: AbortSignal | undefined): AbortSignal {
    return signal === undefined ? this.signal : AbortSignal.any([signal, this.signal]);
  }

  /** @throws NasSyncError `closed` */
  open(): Promise<Opened> {
    if (this.#closed !== null)
      return Promise.reject(new NasSyncError('closed', 'the client is closed; make a new one'));
    this.#opening ??= this.#open().catch((error: unknown) => {
      // The next call may find the cause fixed.
      this.#opening = null;
      throw error;
    });
    return this.#opening;
  }

  close(deadline: number): Promise<void> {
    this.#closed ??= this.#close(deadline);
    return this.#closed;
  }

  async #close(deadline: number): Promise<void> {
    const opened = await this.#opening?.catch(() => null);
    this.#closing.abort(new NasSyncError('closed', 'the client is closed'));
    await this.tidying.ended;
    if (opened != null) await closeAll(opened, deadline);
  }
}

/** Work that removes what it has made when it is aborted, and must be let do so. */
class Tidying {
  #ended: Promise<unknown> = Promise.resolve();

  of<T>(work: Promise<T>): Promise<T> {
    this.#ended = Promise.allSettled([this.#ended, work]);
    return work;
  }

  /** Resolves when none is left. */
  get ended(): Promise<unknown> {
    return this.#ended;
  }
}
