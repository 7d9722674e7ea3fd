import type { DigestStore, FileDigest } from '../persistence/digest-store.js';
import { sameIdentity, type Digest, type FileEntry, type HashName } from '../run/entry.js';

const SAVE_AFTER_FILES = 1000;

/** What a read of a local file told. */
export type Reading = Pick<FileDigest, 'sha256' | 'other'>;

/** What this job has read of its local files. Saved as it grows, so that a crash costs few reads. */
export class DigestBook {
  /** By which hash the target tells contents. A file that was read without it counts as unread. */
  readonly hash: HashName;
  readonly #byPath: Map<string, FileDigest>;
  readonly #store: DigestStore | null;
  readonly #jobId: string;
  #unsaved: FileDigest[] = [];
  #saving: Promise<void> = Promise.resolve();

  private constructor(jobId: string, hash: HashName, digests: readonly FileDigest[], store: DigestStore | null) {
    this.#jobId = jobId;
    this.hash = hash;
    this.#store = store;
    this.#byPath = new Map(digests.map((digest) => [digest.path, digest]));
  }

  static async open(jobId: string, store: DigestStore, hash: HashName = 'sha256'): Promise<DigestBook> {
    return new DigestBook(jobId, hash, await store.load(jobId), store);
  }

  /** The same knowledge, for a pass that must leave nothing behind. */
  unsavedCopy(): DigestBook {
    return new DigestBook(this.#jobId, this.hash, [...this.#byPath.values()], null);
  }

  get digests(): readonly FileDigest[] {
    return [...this.#byPath.values()];
  }

  get paths(): readonly string[] {
    return [...this.#byPath.keys()];
  }

  /** What is known of exactly this file, or `null` if it was not read with the hash that the target needs. */
  read(file: FileEntry): FileDigest | null {
    const digest = this.#byPath.get(file.path);
    if (digest === undefined || !sameIdentity(digest, file.identity)) return null;
    return this.hash === 'sha256' || digest.other?.startsWith(`${this.hash}:`) === true ? digest : null;
  }

  sha256Of(file: FileEntry): string | null {
    return this.read(file)?.sha256 ?? null;
  }

  /** Whether the file's content has this hash; `null` where that was not read. */
  matches(file: FileEntry, content: Digest): boolean | null {
    const digest = this.read(file);
    if (digest === null) return null;
    return content === `sha256:${digest.sha256}` || content === digest.other;
  }

  record(file: FileEntry, { sha256, other }: Reading): void {
    const digest = { path: file.path, ...file.identity, sha256, other };
    this.#byPath.set(file.path, digest);
    if (this.#store === null) return;
    this.#unsaved.push(digest);
    if (this.#unsaved.length >= SAVE_AFTER_FILES) this.#saveSoon();
  }

  /** Drops what was read of files that the run no longer has. */
  async keepOnly(files: readonly FileEntry[]): Promise<void> {
    const kept = new Map(files.map((file) => [file.path, file]));
    if (this.paths.every((path) => kept.has(path))) return;
    for (const path of this.paths) if (!kept.has(path)) this.#byPath.delete(path);
    await this.#store?.forget(this.#jobId);
    await this.#store?.save(this.#jobId, [...this.#byPath.values()]);
  }

  /** Everything recorded is in the store when this returns. */
  async flush(): Promise<void> {
    this.#saveSoon();
    await this.#saving;
  }

  #saveSoon(): void {
    const batch = this.#unsaved;
    this.#unsaved = [];
    const save = async (): Promise<void> => this.#store?.save(this.#jobId, batch);
    this.#saving = this.#saving.then(save);
    // flush() reports it; until then a failed save must not bring the process down.
    this.#saving.catch(() => undefined);
  }
}
