/** Work that removes what it has made when it is aborted, and must be let do so. */
export class Tidying {
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
