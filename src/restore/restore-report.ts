import type { Engine } from '../engine/engine.js';
import { reporter } from '../engine/progress.js';
import { byCodePoint } from '../run/code-point-order.js';
import type { PathTest } from '../run/name-rules.js';
import type { TransferProgress } from '../transports/transport.js';
import type { Expected, ExpectedFile, ExpectedLink } from './expected.js';
import type { RunToRestore } from './resolve-run.js';

/** What a restore came to. Counts are of files and links. */
export interface RestoreResult {
  readonly runPath: string;
  /** The folder that they are in now. */
  readonly to: string;
  readonly restored: number;
  /** In place already, with equal content. */
  readonly skipped: number;
  /** Where something else stands. If these were there at the first look, nothing was written. */
  readonly conflicts: readonly string[];
  /** What the NAS holds of them is not what was proven; it was not put anywhere. */
  readonly mismatched: readonly string[];
  /** The NAS does not give them. */
  readonly missing: readonly string[];
  /** Volatile names of which something else stands here, or that the NAS does not hold as proven: left as they are.
   * Not there where there are none. */
  readonly volatile?: readonly string[];
  /** All that was asked for. */
  readonly files: number;
  /** Of these, as far as their sizes are known. */
  readonly bytes: number;
}

const isFolder = ({ kind }: Expected): boolean => kind === 'folder';
const sizeOf = (entry: Expected): number => (entry.kind === 'file' ? (entry.size ?? 0) : 0);

/** Counts what becomes of the files, and tells of it while it goes on. */
export class Tally {
  readonly #engine: Engine;
  readonly #run: RunToRestore;
  readonly #jobId: string;
  readonly #total: { readonly files: number; readonly bytes: number };
  readonly #report: (progress: TransferProgress) => void;
  readonly #conflicts: string[] = [];
  readonly #mismatched: string[] = [];
  readonly #missing: string[] = [];
  readonly #volatile: string[] = [];
  readonly #isVolatile: PathTest;
  #restored = 0;
  #skipped = 0;
  #doneBytes = 0;
  #shown = { files: 0, bytes: 0 };

  constructor(engine: Engine, run: RunToRestore, entries: readonly Expected[]) {
    this.#engine = engine;
    this.#run = run;
    this.#isVolatile = run.bay.names.isVolatile;
    const asked = entries.filter((entry) => !isFolder(entry));
    this.#total = { files: asked.length, bytes: asked.reduce((sum, entry) => sum + sizeOf(entry), 0) };
    // A run that the queue does not know is shown all the same.
    this.#jobId = run.job?.jobId ?? `restore:${run.runPath}`;
    const { runPath } = run;
    const job = { jobId: this.#jobId, runPath, equipmentId: run.bay.equipment.id };
    this.#report = reporter({ job, engine }, 'restore', this.#total);
  }

  get hasConflicts(): boolean {
    return this.#conflicts.length > 0;
  }

  /** Of the work at hand, beyond what is done. */
  moved({ files, bytes, currentFile }: TransferProgress): void {
    // What failed half-way comes again, and what has arrived is still to be named: a person sees neither fall back.
    this.#shown = {
      files: Math.max(this.#shown.files, this.#done + files),
      bytes: Math.max(this.#shown.bytes, this.#doneBytes + bytes),
    };
    this.#report({ ...this.#shown, currentFile });
  }

  skip(entries: readonly Expected[]): void {
    const found = entries.filter((entry) => !isFolder(entry));
    this.#skipped += found.length;
    this.#doneBytes += found.reduce((sum, entry) => sum + sizeOf(entry), 0);
    this.moved({ files: 0, bytes: 0, currentFile: null });
  }

  restore(entry: ExpectedFile | ExpectedLink): void {
    this.#restored += 1;
    this.#doneBytes += sizeOf(entry);
    this.moved({ files: 0, bytes: 0, currentFile: entry.path });
  }

  conflict(path: string): void {
    this.#conflicts.push(path);
  }

  mismatch(paths: readonly string[]): void {
    for (const path of paths) (this.#isVolatile(path) ? this.#volatile : this.#mismatched).push(path);
  }

  miss(paths: readonly string[]): void {
    for (const path of paths) (this.#isVolatile(path) ? this.#volatile : this.#missing).push(path);
  }

  leave(path: string): void {
    this.#volatile.push(path);
  }

  end(): void {
    this.#engine.events.emit({ type: 'work.ended', at: this.#engine.clock.now(), jobId: this.#jobId });
  }

  result(to: string): RestoreResult {
    return {
      runPath: this.#run.runPath,
      to,
      restored: this.#restored,
      skipped: this.#skipped,
      conflicts: this.#conflicts.toSorted(byCodePoint),
      mismatched: this.#mismatched.toSorted(byCodePoint),
      missing: this.#missing.toSorted(byCodePoint),
      ...(this.#volatile.length > 0 && { volatile: this.#volatile.toSorted(byCodePoint) }),
      ...this.#total,
    };
  }

  get #done(): number {
    return this.#restored + this.#skipped;
  }
}
