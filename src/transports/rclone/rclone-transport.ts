import { NasSyncError } from '../../errors.js';
import type { HashName } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { unlessAborted } from '../abortable.js';
import { clearPlace } from '../process/orphans.js';
import { Toolbox } from '../process/process-runner.js';
import { assertSetAside } from '../set-aside.js';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenText } from '../token-file.js';
import {
  requireCanary,
  type Examined,
  type FetchRequest,
  type FetchResult,
  type HashRequest,
  type PlaceListing,
  type PushRequest,
  type PushResult,
  type RunToHold,
  type SetAsideRequest,
  type TargetListing,
  type TargetProbe,
  type Transport,
} from '../transport.js';
import { requireNamesKept } from './assert-names.js';
import { askBackend, type Backend, type Site } from './backend.js';
import { examineBackend, notExamined } from './diagnostics.js';
import { failureOf } from './failures.js';
import { fetchPlace } from './fetch.js';
import { list } from './list.js';
import { LocalDisk } from './local-backend.js';
import { readMeta } from './metadata.js';
import { probe } from './probe.js';
import { pushPlace } from './push.js';
import { Rclone, type RcloneOptions } from './rclone.js';
import { listPlace, readPlace } from './read.js';
import { tidyUp } from './remove-temp-files.js';
import { setAsidePlace } from './set-aside.js';
import { writeMeta } from './write-metadata.js';

export type { RcloneOptions } from './rclone.js';

/** A remote of rclone's configuration. */
export class RcloneTransport implements Transport {
  readonly type = 'rclone';
  readonly place: string;
  readonly keepsLinks = false;
  readonly reportsDigests = false;
  readonly #options: RcloneOptions;
  readonly #toolbox: Toolbox;
  readonly #rclone: Rclone;
  readonly #closing = new AbortController();
  #backend: Promise<Backend> | null = null;
  #local: LocalDisk | null = null;

  constructor(options: RcloneOptions) {
    this.#options = options;
    this.place = `rclone:${options.rcloneRemote}:${options.rcloneRemotePath}`;
    // The same name means another remote in another configuration file.
    const place = `${this.place} ${options.rcloneConfig ?? ''}`;
    this.#toolbox = new Toolbox({ place, queueId: options.queueId ?? '' });
    this.#rclone = new Rclone(this.#toolbox, options);
  }

  /** A remote on another machine cannot be the run; what is mounted from there into the run, its token tells. */
  async requireApart(source: string, target: string, signal: AbortSignal): Promise<void> {
    const { localRoot } = await this.#ask(signal);
    if (localRoot !== null) await this.#disk(localRoot).requireApart(source, target);
  }

  async requireHolds(run: RunToHold, signal: AbortSignal): Promise<void> {
    requireNamesKept(run, await this.#ask(signal));
  }

  async probe(signal: AbortSignal): Promise<TargetProbe> {
    const { hasTop } = await this.#ask(signal);
    return probe(this.#rclone, hasTop, signal);
  }

  async hashName(signal: AbortSignal): Promise<HashName> {
    return (await this.#ask(signal)).hash.name;
  }

  imprint(token: string, signal: AbortSignal): Promise<void> {
    return this.writeMeta(TOKEN_FILE, Buffer.from(tokenText(token)), { exclusive: true }, signal);
  }

  async push(request: PushRequest): Promise<PushResult> {
    const site = await this.#site(request.signal);
    requireNamesKept(request, site.backend);
    await clearPlace(this.#toolbox.purposeAt(request.target));
    return pushPlace(site, request);
  }

  async hash(request: HashRequest): Promise<TargetListing> {
    const site = await this.#site(request.signal);
    const { localRoot } = site.backend;
    return localRoot === null ? readPlace(site, request) : this.#disk(localRoot).read(request);
  }

  async list(target: string, signal: AbortSignal): Promise<PlaceListing> {
    const site = await this.#site(signal);
    const { localRoot } = site.backend;
    return localRoot === null ? listPlace(site, target, signal) : this.#disk(localRoot).list(target, signal);
  }

  async fetch(request: FetchRequest): Promise<FetchResult> {
    return fetchPlace(await this.#site(request.signal), request);
  }

  async readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null> {
    const { hasTop } = await this.#ask(signal);
    return readMeta(this.#rclone, path, hasTop, signal);
  }

  async writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void> {
    const { renames, hasTop } = await this.#ask(signal);
    await writeMeta(this.#rclone, path, data, { ...options, renames, hasTop }, signal);
  }

  async setAside(request: SetAsideRequest): Promise<void> {
    assertSetAside(request);
    await this.#ask(request.signal);
    await setAsidePlace(this.#rclone, request);
  }

  tidyUp(target: string, signal: AbortSignal): Promise<void> {
    return tidyUp(this.#rclone, target, signal);
  }

  async removeCanary(target: string, signal: AbortSignal): Promise<void> {
    requireCanary(target);
    const place = this.#rclone.at(target);
    const outcome = await this.#rclone.run({ args: ['purge', place], target, signal });
    if (outcome.run.exitCode === 0) return;
    // Not every remote says of what is not there that it is not there.
    const left = await list(this.#rclone, { target, signal, recursive: false });
    if (left !== null) throw failureOf(outcome, { place: `rclone:${place}`, paths: [place] });
  }

  async examine(signal: AbortSignal): Promise<readonly Examined[]> {
    try {
      return examineBackend(await this.#ask(signal), this.#options);
    } catch (error) {
      if (!(error instanceof NasSyncError)) throw error;
      return [notExamined(error.message)];
    }
  }

  async close(): Promise<void> {
    this.#closing.abort(new NasSyncError('closed', `the transport of ${printable(this.place)} is closed`));
    await this.#toolbox.close();
    await this.#local?.close();
  }

  async #site(signal: AbortSignal): Promise<Site> {
    return { rclone: this.#rclone, options: this.#options, backend: await this.#ask(signal) };
  }

  /** Once: a remote's type does not change. What failed is asked again. */
  #ask(signal: AbortSignal): Promise<Backend> {
    this.#closing.signal.throwIfAborted();
    // Not by the caller's signal: others may wait for the same answer.
    this.#backend ??= askBackend(this.#rclone, this.#options, this.#closing.signal).catch((error: unknown) => {
      this.#backend = null;
      throw error;
    });
    return unlessAborted(this.#backend, signal);
  }

  #disk(root: string): LocalDisk {
    return (this.#local ??= new LocalDisk(root, this.#rclone, this.#options.volatile ?? []));
  }
}
