import { join } from 'node:path';
import { BytePool } from '../../bytes/byte-pool.js';
import { systemCode } from '../../errors.js';
import type { RunEntry } from '../../run/entry.js';
import { requireApart } from '../mount/assert-disjoint.js';
import { assertNoLinks } from '../mount/assert-no-links.js';
import { readTree } from '../mount/hash.js';
import { listTree, NOTHING, type TargetSide } from '../mount/list.js';
import { Patience } from '../mount/stall-timeout.js';
import { targetFailure } from '../target-failure.js';
import type { HashRequest, PlaceListing, TargetListing } from '../transport.js';
import { opaqueTest } from '../volatile-folders.js';
import { requireTop } from './list.js';
import type { Rclone } from './rclone.js';

/** A remote that is a folder of this machine. What rclone would tell of it comes from this machine's page cache. */
export class LocalDisk {
  readonly #root: string;
  readonly #rclone: Rclone;
  readonly #volatile: readonly string[];
  readonly #pool = new BytePool();

  constructor(root: string, rclone: Rclone, volatile: readonly string[]) {
    this.#root = root;
    this.#rclone = rclone;
    this.#volatile = volatile;
  }

  requireApart(source: string, target: string): Promise<void> {
    return this.#asTarget(requireApart(source, join(this.#root, target)));
  }

  async read(request: HashRequest): Promise<TargetListing> {
    await this.#asTarget(assertNoLinks(this.#root, request.target));
    const found = await this.#asTarget(readTree(request, this.#side(request.target, request.entries), this.#pool));
    if (found.files.length + found.folders.length === 0) await requireTop(this.#rclone, request.signal);
    return found;
  }

  async list(target: string, signal: AbortSignal): Promise<PlaceListing> {
    await this.#asTarget(assertNoLinks(this.#root, target));
    const found = await this.#asTarget(listTree(this.#side(target), signal));
    if (found === null) await requireTop(this.#rclone, signal);
    return found ?? NOTHING;
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #side(target: string, entries: readonly RunEntry[] = []): TargetSide {
    const stallMs = this.#rclone.timeoutMs;
    const patience = new Patience(this.#root, stallMs);
    return { target: join(this.#root, target), stallMs, patience, isOpaque: opaqueTest(this.#volatile, entries) };
  }

  async #asTarget<T>(asking: Promise<T>): Promise<T> {
    try {
      return await asking;
    } catch (error) {
      throw systemCode(error) === undefined ? error : targetFailure(error, this.#root);
    }
  }
}
