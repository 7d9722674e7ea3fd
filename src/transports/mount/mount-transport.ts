import { lstat, mkdir, rm, stat } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { BytePool } from '../../bytes/byte-pool.js';
import { NasSyncError, systemCode } from '../../errors.js';
import type { HashName, RunEntry } from '../../run/entry.js';
import { durableWrite, syncFolder } from '../../run/fs/durable-write.js';
import { readSmallFile } from '../../run/fs/read-small-file.js';
import { removeLeftovers } from '../../run/fs/temp-files.js';
import { printable } from '../../run/printable.js';
import { RECORD_FOLDER } from '../../run/record/record-folder.js';
import { assertSetAside } from '../set-aside.js';
import { targetFailure } from '../target-failure.js';
import {
  requireCanary,
  type Examined,
  type FetchRequest,
  type FetchResult,
  type HashRequest,
  type PlaceListing,
  type PushRequest,
  type PushResult,
  type SetAsideRequest,
  type TargetListing,
  type TargetProbe,
  type Transport,
} from '../transport.js';
import { opaqueTest, type VolatileOptions } from '../volatile-folders.js';
import { requireApart } from './assert-disjoint.js';
import { assertNoLinks } from './assert-no-links.js';
import { examineMount } from './diagnostics.js';
import { fetchFiles } from './fetch.js';
import { readTree } from './hash.js';
import { imprintMount, probeMount } from './identity.js';
import { listTree, NOTHING, type TargetSide } from './list.js';
import { tidyUpPartials } from './partial-files.js';
import { pushTree } from './push.js';
import { findRefusal } from './rejected-name.js';
import { setAsideFiles } from './set-aside.js';
import { Patience } from './stall-timeout.js';

export interface MountOptions extends VolatileOptions {
  /** The mounted share, absolute. Any directory will do. */
  readonly path: string;
  /** Nothing moved for so long: the work fails with `timeout`. */
  readonly timeoutSeconds: number;
}

/** A share that the operating system has mounted. */
export class MountTransport implements Transport {
  readonly type = 'mount';
  readonly place: string;
  readonly keepsLinks = true;
  readonly reportsDigests = true;
  readonly #root: string;
  readonly #volatile: readonly string[];
  readonly #stallMs: number;
  readonly #patience: Patience;
  /** Its own: threads that a stalled share holds are missing nowhere else. */
  readonly #pool = new BytePool();
  #closed = false;

  constructor(options: MountOptions) {
    this.#root = options.path;
    this.#volatile = options.volatile ?? [];
    this.#stallMs = options.timeoutSeconds * 1000;
    this.#patience = new Patience(options.path, this.#stallMs);
    this.place = `mount:${options.path}`;
  }

  requireApart(source: string, target: string, signal: AbortSignal): Promise<void> {
    return this.#asked(signal, () => requireApart(source, join(this.#root, target)));
  }

  /** What a mounted file system cannot hold, only the attempt tells. */
  requireHolds(): Promise<void> {
    return Promise.resolve();
  }

  probe(signal: AbortSignal): Promise<TargetProbe> {
    return this.#asked(signal, () => probeMount(this.#root));
  }

  hashName(): Promise<HashName> {
    return Promise.resolve('sha256');
  }

  imprint(token: string, signal: AbortSignal): Promise<void> {
    return this.#asked(signal, () => imprintMount(this.#root, token));
  }

  async push(request: PushRequest): Promise<PushResult> {
    const target = join(this.#root, request.target);
    await this.#asked(request.signal, () => this.#makePlace(posix.join(request.target, RECORD_FOLDER)));
    const plan = {
      request,
      target,
      root: this.#root,
      stallMs: this.#stallMs,
      patience: this.#patience,
    };
    return this.#asTarget(request.target, () => pushTree(plan, this.#pool));
  }

  async hash(request: HashRequest): Promise<TargetListing> {
    await this.#assertNoLinks(request.target, request.signal);
    return this.#asTarget(request.target, () =>
      readTree(request, this.#side(request.target, request.entries), this.#pool),
    );
  }

  async list(target: string, signal: AbortSignal): Promise<PlaceListing> {
    await this.#assertNoLinks(target, signal);
    return this.#asTarget(target, async () => (await listTree(this.#side(target), signal)) ?? this.#nothing(signal));
  }

  async fetch(request: FetchRequest): Promise<FetchResult> {
    await this.#assertNoLinks(request.target, request.signal);
    return this.#asTarget(request.target, () => fetchFiles(request, this.#side(request.target), this.#pool));
  }

  readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null> {
    return this.#asked(signal, async () => {
      await assertNoLinks(this.#root, posix.dirname(path));
      return readSmallFile(join(this.#root, path));
    });
  }

  async writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void> {
    await this.#asked(signal, async () => {
      await this.#makePlace(posix.dirname(path));
      await durableWrite(join(this.#root, path), data, { exclusive: options.exclusive });
    }).catch((error: unknown) => {
      if (systemCode(error) !== 'EEXIST') throw error;
      throw new NasSyncError('target_conflict', `${printable(path)} is there already`, { cause: error });
    });
  }

  async setAside(request: SetAsideRequest): Promise<void> {
    assertSetAside(request);
    const makePlace = (path: string): Promise<void> => this.#makePlace(path);
    await this.#asked(request.signal, (moved) => setAsideFiles(this.#root, request, { makePlace, moved }));
  }

  tidyUp(target: string, signal: AbortSignal): Promise<void> {
    return this.#asked(signal, async () => {
      await assertNoLinks(this.#root, posix.join(target, RECORD_FOLDER));
      await removeLeftovers(join(this.#root, target, RECORD_FOLDER));
      await tidyUpPartials(join(this.#root, target));
    });
  }

  removeCanary(target: string, signal: AbortSignal): Promise<void> {
    requireCanary(target);
    return this.#asked(signal, async () => {
      await assertNoLinks(this.#root, target);
      await rm(join(this.#root, target), { recursive: true, force: true });
    });
  }

  examine(signal: AbortSignal): Promise<readonly Examined[]> {
    return this.#asked(signal, () => examineMount(this.#root));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#pool.close();
  }

  /** A share that is gone has no places either. */
  async #nothing(signal: AbortSignal): Promise<PlaceListing> {
    await this.#patience.within(signal, () => stat(this.#root));
    return NOTHING;
  }

  #side(target: string, entries: readonly RunEntry[] = []): TargetSide {
    const isOpaque = opaqueTest(this.#volatile, entries);
    return { target: join(this.#root, target), stallMs: this.#stallMs, patience: this.#patience, isOpaque };
  }

  /** Makes each folder down to the run's place. The share's own top is never made: it would fill the local disk. */
  async #makePlace(path: string): Promise<void> {
    let current = this.#root;
    for (const segment of path.split('/')) {
      const above = current;
      current = join(current, segment);
      const made = await mkdir(current).then(
        () => true,
        (error: unknown) => {
          if (systemCode(error) === 'EEXIST') return false;
          return this.#failMaking(error, above, segment);
        },
      );
      if (made) await syncFolder(above);
      else if (!(await lstat(current)).isDirectory()) {
        throw new NasSyncError(
          'target_conflict',
          `${printable(current)} on the target is no folder; move it away, then retry`,
        );
      }
    }
  }

  async #failMaking(error: unknown, folder: string, name: string): Promise<never> {
    const code = systemCode(error) ?? '';
    throw (await findRefusal({ root: this.#root, folder, kind: 'folder', path: name, code })) ?? error;
  }

  #assertNoLinks(target: string, signal: AbortSignal): Promise<void> {
    return this.#asked(signal, () => assertNoLinks(this.#root, target));
  }

  #asked<T>(signal: AbortSignal, act: (moved: () => void) => Promise<T>): Promise<T> {
    return this.#asTarget(this.#root, () => this.#patience.within(signal, act));
  }

  async #asTarget<T>(where: string, act: () => Promise<T>): Promise<T> {
    if (this.#closed) throw new NasSyncError('closed', `the transport of ${this.place} is closed`);
    try {
      return await act();
    } catch (error) {
      const code = systemCode(error);
      if (code === undefined || code === 'EEXIST') throw error;
      throw targetFailure(error, where);
    }
  }
}
