import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { capKiBps } from '../config/bandwidth.js';
import type { Bay, Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import type { HashName, RunWalk } from '../run/entry.js';
import { readRecord } from '../run/record/record.js';
import { walkRun } from '../run/walk.js';
import { claimTarget } from '../transports/claim-target-path.js';
import { DigestBook } from '../verify/digest-cache.js';
import { hashUnread } from '../verify/hash-local.js';
import { runPass, type PassResult } from '../verify/pass.js';
import { filesOf, requireExpressible } from '../verify/run-changes.js';
import { EMPTY_FOLDER, FETCHED, VICTIM, type CanaryRun } from './canary-run.js';

export type Compared = Extract<PassResult, { outcome: 'compared' }>;

/** A canary run on its way: what a job does to its run, without a job. */
export class Rehearsal {
  readonly bay: Bay;
  readonly place: string;
  readonly #engine: Engine;
  readonly #run: CanaryRun;
  readonly #signal: AbortSignal;
  #book: DigestBook | null = null;
  #began = false;

  constructor(engine: Engine, bay: Bay, place: string, run: CanaryRun, signal: AbortSignal) {
    this.#engine = engine;
    this.bay = bay;
    this.place = place;
    this.#run = run;
    this.#signal = signal;
  }

  /** Whether something of it may stand on the target. */
  get began(): boolean {
    return this.#began;
  }

  get hashName(): HashName {
    return this.#known.hash;
  }

  /** As in a job. A target that can hold no empty folder is given none. */
  async push(): Promise<{ walk: RunWalk; emptyFolder: boolean }> {
    const hash = await this.bay.transport.hashName(this.#signal);
    // Under a job's name that no job has, and without saving: nothing is remembered of it.
    const book = (await DigestBook.open(this.place, this.#engine.store.digests, hash)).unsavedCopy();
    this.#book = book;
    try {
      return { walk: await this.#pushAll(book), emptyFolder: true };
    } catch (error) {
      if (!(error instanceof NasSyncError) || error.code !== 'source_invalid') throw error;
      if (!error.message.includes(EMPTY_FOLDER)) throw error;
    }
    await this.#run.removeEmptyFolder();
    return { walk: await this.#pushAll(book), emptyFolder: false };
  }

  /** The pass that jobs make; a proof is made where it says `same`. */
  async pass(): Promise<Compared> {
    const pass = await runPass({
      runPath: this.#run.path,
      released: null,
      target: this.place,
      transport: this.bay.transport,
      links: this.bay.equipment.transport.links,
      names: this.bay.names,
      book: this.#known,
      pool: this.#engine.pool,
      signal: this.#signal,
      unread: 'stop',
      onProgress: () => undefined,
    });
    if (pass.outcome === 'compared') return pass;
    throw new NasSyncError('unknown', `the canary's own folder ${this.#run.path} was changed (${pass.reason})`);
  }

  /** In the middle of a file on the target; its size stays. */
  async flipBit(): Promise<void> {
    const content = Uint8Array.from(this.#run.victim);
    const middle = content.length >> 1;
    content[middle] = (content[middle] ?? 0) ^ 1;
    await this.writeMeta(VICTIM, content);
  }

  async writeMeta(path: string, content: Uint8Array): Promise<void> {
    await this.bay.transport.writeMeta(`${this.place}/${path}`, content, { exclusive: false }, this.#signal);
  }

  /** Brings some files back; `wrong` are those whose content is not the run's. */
  async fetchBack(): Promise<{ files: number; wrong: readonly string[] }> {
    const { back } = this.#run;
    await this.bay.transport.fetch({
      target: this.place,
      paths: FETCHED,
      into: back,
      capKiBps: () => null,
      signal: this.#signal,
      onProgress: () => undefined,
    });
    const files = filesOf(await this.#walk());
    const wrong: string[] = [];
    for (const path of FETCHED) {
      const sha256 = createHash('sha256')
        .update(await readFile(join(back, path)))
        .digest('hex');
      const file = files.find((entry) => entry.path === path);
      if (file === undefined || this.#known.sha256Of(file) !== sha256) wrong.push(path);
    }
    return { files: FETCHED.length, wrong };
  }

  async removeLocal(): Promise<void> {
    await this.#run.remove();
  }

  /** How many entries are left. With a signal of its own: the canary goes also when we were told to stop. */
  async removeFromTarget(signal: AbortSignal): Promise<number> {
    const { transport } = this.bay;
    await transport.removeCanary(this.place, signal);
    const { files, links, folders, others } = await transport.hash({
      target: this.place,
      source: this.#run.path,
      entries: [],
      sha256Of: () => null,
      signal,
      onProgress: () => undefined,
    });
    const { isVolatile } = this.bay.names;
    const paths = [...files, ...links].map(({ path }) => path);
    return [...paths, ...folders, ...others].filter((path) => !isVolatile(path)).length;
  }

  /** The place is claimed by the record, the run is pushed, and what was not read on the way is read. */
  async #pushAll(book: DigestBook): Promise<RunWalk> {
    const { transport, equipment } = this.bay;
    const { path } = this.#run;
    const signal = this.#signal;
    const walk = await this.#walk();
    requireExpressible(walk);
    this.#began = true;
    await claimTarget(transport, this.place, await readRecord(path), signal);
    await transport.push({
      source: path,
      target: this.place,
      entries: walk.entries,
      sha256Of: (file) => book.sha256Of(file),
      matches: (file, content) => book.matches(file, content),
      readNow: (files) => hashUnread(path, files, book, this.#engine.pool, { signal }),
      onDigests: (digests) => {
        for (const { file, sha256 } of digests) book.record(file, { sha256, other: null });
      },
      capKiBps: () => capKiBps(equipment.transport.bandwidth, new Date(this.#engine.clock.now())),
      signal,
      onProgress: () => undefined,
      onArrived: () => undefined,
    });
    await hashUnread(path, filesOf(walk), book, this.#engine.pool, { signal });
    return walk;
  }

  get #known(): DigestBook {
    if (this.#book === null) throw new NasSyncError('unknown', 'nothing was pushed yet; this is a fault of nas-sync');
    return this.#book;
  }

  #walk(): Promise<RunWalk> {
    return walkRun(this.#run.path, { links: this.bay.equipment.transport.links, signal: this.#signal });
  }
}
