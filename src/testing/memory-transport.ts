import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { NasSyncError, systemCode } from '../errors.js';
import { contentPath, type FileEntry, type HashName } from '../run/entry.js';
import { printable } from '../run/printable.js';
import { assertSetAside, deepestFirst, takenThere } from '../transports/set-aside.js';
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
} from '../transports/transport.js';

type Step = 'probe' | 'push' | 'hash' | 'list' | 'fetch' | 'readMeta' | 'writeMeta' | 'setAside';

const sha256 = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

async function readLocal(source: string, file: FileEntry): Promise<Uint8Array> {
  try {
    return await readFile(join(source, contentPath(file)));
  } catch (error) {
    if (systemCode(error) !== 'ENOENT') throw error;
    throw new NasSyncError('local_file_vanished', `${printable(file.path)} is gone from the run`, { cause: error });
  }
}

/**
 * A NAS in memory, for hosts' tests: it really receives the files, and fails as it is told. Faults are what the real
 * ones throw: `NasSyncError`s.
 */
export class MemoryTransport implements Transport {
  readonly type = 'memory';
  readonly place: string;
  readonly keepsLinks = true;
  readonly reportsDigests = true;
  /** Every file on the target, by its path from the target's top. Change it to damage the NAS. */
  readonly files = new Map<string, Uint8Array>();
  /** Calls of each step so far. */
  readonly calls: Record<Step, number> = {
    probe: 0,
    push: 0,
    hash: 0,
    list: 0,
    fetch: 0,
    readMeta: 0,
    writeMeta: 0,
    setAside: 0,
  };
  readonly #links = new Map<string, string>();
  readonly #folders = new Set<string>();
  readonly #gates = new Map<Step, Promise<void>>();
  readonly #faults = new Map<Step, NasSyncError[]>();
  #token: string | null = null;
  #offline: NasSyncError | null = null;
  #lastStep: Step | null = null;
  #cutAfterFiles: number | null = null;

  constructor(place = 'memory:nas') {
    this.place = place;
  }

  /** The next `times` calls of `step` fail with `error`. */
  failNext(step: Step, error: NasSyncError, times = 1): void {
    this.#faults.set(step, [...(this.#faults.get(step) ?? []), ...Array<NasSyncError>(times).fill(error)]);
  }

  /** Every push is cut off once it has brought so many files; `null`: none is. */
  cutPushesAfter(files: number | null): void {
    this.#cutAfterFiles = files;
  }

  /** Calls of `step` wait from now on, as on a slow NAS, until the returned function is called. */
  hold(step: 'push' | 'hash'): () => void {
    let release = (): void => undefined;
    this.#gates.set(step, new Promise<void>((resolve) => (release = resolve)));
    return () => {
      this.#gates.delete(step);
      release();
    };
  }

  /** Resolves once `step` has been called. */
  async reached(step: Step): Promise<void> {
    while (this.calls[step] === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }

  /** From now on nothing is answered, until {@link comeBack}. */
  goAway(error = new NasSyncError('network', `${this.place} does not answer`)): void {
    this.#offline = error;
  }

  /** The call of `step` that comes next is the last one that is answered. */
  goAwayAfter(step: Step): void {
    this.#lastStep = step;
  }

  comeBack(): void {
    this.#offline = null;
  }

  async requireApart(): Promise<void> {
    // Memory is nobody's folder.
  }

  async requireHolds(): Promise<void> {
    // Memory holds any name.
  }

  async probe(signal?: AbortSignal): Promise<TargetProbe> {
    this.#enter('probe', signal);
    return { token: this.#token, freeBytes: null };
  }

  async hashName(): Promise<HashName> {
    return 'sha256';
  }

  async imprint(token: string): Promise<void> {
    this.#token ??= token;
  }

  async push(request: PushRequest): Promise<PushResult> {
    this.#enter('push', request.signal);
    await this.#gates.get('push');
    let copiedFiles = 0;
    let copiedBytes = 0;
    const seen = { files: 0, bytes: 0 };
    for (const entry of request.entries) {
      request.signal.throwIfAborted();
      const path = `${request.target}/${entry.path}`;
      if (entry.kind === 'folder') this.#folders.add(path);
      if (entry.kind === 'link') this.#links.set(path, entry.linkTo);
      if (entry.kind !== 'file') continue;
      const data = await readLocal(request.source, entry);
      const hash = sha256(data);
      const present = this.files.get(path);
      if (present === undefined || sha256(present) !== hash) {
        if (copiedFiles === this.#cutAfterFiles)
          throw new NasSyncError('network', `${this.place}: the connection was cut`);
        this.files.set(path, data);
        copiedFiles += 1;
        copiedBytes += data.byteLength;
        request.onArrived();
      }
      request.onDigests([{ file: entry, sha256: hash }]);
      seen.files += 1;
      seen.bytes += data.byteLength;
      request.onProgress({ ...seen, currentFile: entry.path });
    }
    return { copiedFiles, copiedBytes, tools: [] };
  }

  async hash({ target, signal }: HashRequest): Promise<TargetListing> {
    this.#enter('hash', signal);
    await this.#gates.get('hash');
    const place = this.#standing(target);
    return {
      ...place,
      files: place.files.flatMap((file) => {
        const data = this.files.get(`${target}/${file.path}`);
        return data === undefined ? [] : [{ ...file, digest: `sha256:${sha256(data)}` as const }];
      }),
      evidence: 'read-back',
      method: 'every file read from memory, and hashed here',
      tools: [],
    };
  }

  async list(target: string, signal?: AbortSignal): Promise<PlaceListing> {
    this.#enter('list', signal);
    return this.#standing(target);
  }

  async readMeta(path: string, signal?: AbortSignal): Promise<Uint8Array | null> {
    this.#enter('readMeta', signal);
    return this.files.get(path) ?? null;
  }

  async writeMeta(path: string, data: Uint8Array, { exclusive }: { exclusive: boolean }): Promise<void> {
    this.#enter('writeMeta');
    if (exclusive && this.files.has(path)) throw new NasSyncError('target_conflict', `${path} is there already`);
    this.files.set(path, data);
  }

  async setAside(request: SetAsideRequest): Promise<void> {
    assertSetAside(request);
    this.#enter('setAside', request.signal);
    for (const path of request.paths) {
      const [from, to] = [`${request.target}/${path}`, `${request.target}/${request.into}/${path}`];
      for (const kept of [this.files, this.#links] as Map<string, unknown>[]) {
        if (!kept.has(from)) continue;
        if (this.files.has(to) || this.#links.has(to)) throw takenThere(to);
        kept.set(to, kept.get(from));
        kept.delete(from);
      }
    }
    for (const folder of deepestFirst(request.emptyFolders ?? [])) {
      const path = `${request.target}/${folder}`;
      const all = [...this.files.keys(), ...this.#links.keys(), ...this.#folders];
      if (!all.some((other) => other.startsWith(`${path}/`))) this.#folders.delete(path);
    }
  }

  async tidyUp(): Promise<void> {
    // Writes to memory are not interrupted.
  }

  async fetch({ target, paths, into, signal }: FetchRequest): Promise<FetchResult> {
    this.#enter('fetch', signal);
    let bytes = 0;
    for (const path of paths) {
      const data = this.files.get(`${target}/${path}`);
      if (data === undefined) throw new NasSyncError('network', `${target}/${path} is not on ${this.place}`);
      await mkdir(join(into, dirname(path)), { recursive: true });
      await writeFile(join(into, path), data);
      bytes += data.byteLength;
    }
    return { files: paths.length, bytes, tools: [] };
  }

  async removeCanary(target: string): Promise<void> {
    requireCanary(target);
    const inside = (path: string): boolean => path.startsWith(`${target}/`);
    for (const kept of [this.files, this.#links, this.#folders]) {
      for (const path of [...kept.keys()]) if (inside(path)) kept.delete(path);
    }
  }

  async examine(): Promise<readonly Examined[]> {
    return [{ name: 'memory', ok: true, detail: 'a NAS in the memory of this process', fix: null }];
  }

  async close(): Promise<void> {
    // Nothing is held, and the same NAS serves the next client.
  }

  #standing(target: string): PlaceListing {
    const below = (path: string): string | null => {
      const name = path.startsWith(`${target}/`) ? path.slice(target.length + 1) : null;
      return name === null || /^\.exlab-wizard(?:\/|$)/u.test(name) ? null : name;
    };
    return {
      files: [...this.files].flatMap(([path, data]) => {
        const name = below(path);
        return name === null ? [] : [{ path: name, size: data.byteLength }];
      }),
      links: [...this.#links].flatMap(([path, linkTo]) => {
        const name = below(path);
        return name === null ? [] : [{ path: name, linkTo }];
      }),
      folders: [...this.#folders].flatMap((path) => below(path) ?? []),
      others: [],
    };
  }

  #enter(step: Step, signal?: AbortSignal): void {
    this.calls[step] += 1;
    signal?.throwIfAborted();
    if (this.#offline !== null) throw this.#offline;
    if (this.#lastStep === step) {
      this.#lastStep = null;
      this.goAway();
    }
    const fault = this.#faults.get(step)?.shift();
    if (fault !== undefined) throw fault;
  }
}
