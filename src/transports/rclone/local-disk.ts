import { join } from 'node:path';
import { BytePool } from '../../bytes/byte-pool.js';
import { systemCode } from '../../errors.js';
import { requireApart } from '../mount/apart.js';
import { Patience } from '../mount/patience.js';
import { readTree } from '../mount/read-tree.js';
import { targetFailure } from '../target-failure.js';
import type { HashRequest, TargetListing } from '../transport.js';
import { requireTop } from './listing.js';
import type { Rclone } from './rclone.js';

/** A remote that is a folder of this machine. What rclone would tell of it comes from this machine's page cache. */
export class LocalDisk {
  readonly #root: string;
  readonly #rclone: Rclone;
  readonly #pool = new BytePool();

  constructor(root: string, rclone: Rclone) {
    this.#root = root;
    this.#rclone = rclone;
  }

  requireApart(source: string, target: string): Promise<void> {
    return this.#asTarget(requireApart(source, join(this.#root, target)));
  }

  async read(request: HashRequest): Promise<TargetListing> {
    const stallMs = this.#rclone.timeoutMs;
    const side = { target: join(this.#root, request.target), stallMs, patience: new Patience(this.#root, stallMs) };
    const found = await this.#asTarget(readTree(request, side, this.#pool));
    if (found.files.length + found.folders.length === 0) await requireTop(this.#rclone, request.signal);
    return found;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  async #asTarget<T>(asking: Promise<T>): Promise<T> {
    try {
      return await asking;
    } catch (error) {
      throw systemCode(error) === undefined ? error : targetFailure(error, this.#root);
    }
  }
}
