import type { ToolRun } from '../../errors.js';
import type { Digest } from '../../run/entry.js';
import { parseChecksumLine } from '../../run/manifest.js';
import { HASH, HASH_AHEAD, HASH_BY_CONTENT } from './remote-scripts.js';
import type { OnProgress } from './remote.js';

/** Names that some `sha256sum` escapes in its output and some does not. */
const AMBIGUOUS = /[\\\n\r]/u;
const SMALL_BYTES = 4 * 1024 * 1024;
const SMALL_FILES_AT_ONCE = 64;
/** The slowest disk that is still taken for a living one. */
export const SLOWEST_BYTES_PER_MS = 5 * 1024;

export interface SizedFile {
  readonly path: string;
  readonly size: number;
}

/** Files that one start of a script hashes, in the order in which it names them. */
export interface HashGroup {
  readonly script: string;
  readonly args: readonly string[];
  readonly files: readonly SizedFile[];
}

/** Small files many to a start of the tool; large ones alone, so that each is heard of; doubtful names by content. */
export function hashGroups(files: readonly SizedFile[]): HashGroup[] {
  const plain = files.filter((file) => !AMBIGUOUS.test(file.path));
  const group = (script: string, args: readonly string[], some: readonly SizedFile[]) =>
    some.length === 0 ? [] : [{ script, args, files: some }];
  return [
    ...group(
      HASH,
      [String(SMALL_FILES_AT_ONCE)],
      plain.filter((file) => file.size < SMALL_BYTES),
    ),
    ...group(
      HASH,
      ['1'],
      plain.filter((file) => file.size >= SMALL_BYTES),
    ),
    ...group(
      HASH_BY_CONTENT,
      [],
      files.filter((file) => AMBIGUOUS.test(file.path)),
    ),
  ];
}

/** The small ones of the files that should be there, asked for beside the list that tells whether they are. */
export function groupAhead(files: readonly SizedFile[]): HashGroup | null {
  const group = hashGroups(files)[0];
  return group?.args[0] === String(SMALL_FILES_AT_ONCE) ? { ...group, script: HASH_AHEAD } : null;
}

export const standardInput = ({ files }: HashGroup): string => files.map(({ path }) => `./${path}\0`).join('');

/** Matches a group's answer, line by line, with its files. */
export class HashReader {
  readonly #group: HashGroup;
  readonly #onHash: (file: SizedFile, digest: Digest) => void;
  #next = 0;

  constructor(group: HashGroup, onHash: (file: SizedFile, digest: Digest) => void) {
    this.#group = group;
    this.#onHash = onHash;
  }

  /** How long the file at hand may take, beyond what any answer may. */
  get allowanceMs(): number {
    const { files } = this.#group;
    const ahead = files.slice(this.#next, this.#next + SMALL_FILES_AT_ONCE);
    const bytes = (files[this.#next]?.size ?? 0) < SMALL_BYTES ? sum(ahead) : sum(ahead.slice(0, 1));
    return bytes / SLOWEST_BYTES_PER_MS;
  }

  get complete(): boolean {
    return this.#next === this.#group.files.length;
  }

  /** Takes only the line that the next file must give: what a server says beside that is not believed. */
  read(line: string): void {
    const parsed = parseChecksumLine(line);
    if (parsed === undefined) return;
    const at = this.#indexOf(parsed.path);
    const file = this.#group.files[at];
    if (file === undefined) return;
    this.#next = at + 1;
    this.#onHash(file, `sha256:${parsed.sha256}`);
  }

  /** Where files may be missing, the next one may be any that was not passed over yet. */
  #indexOf(shown: string): number {
    const { script, files } = this.#group;
    const isNext = (at: number): boolean => shown === (script === HASH_BY_CONTENT ? '-' : `./${files[at]?.path ?? ''}`);
    let at = this.#next;
    while (script === HASH_AHEAD && at < files.length && !isNext(at)) at += 1;
    return at < files.length && isNext(at) ? at : -1;
  }
}

/** What the server has told of its files so far. */
export class Found {
  readonly digests = new Map<string, Digest>();
  readonly tools: ToolRun[] = [];
  readonly #onProgress: OnProgress;
  #bytes = 0;

  constructor(onProgress: OnProgress) {
    this.#onProgress = onProgress;
  }

  add(file: SizedFile, digest: Digest): void {
    this.digests.set(file.path, digest);
    this.#bytes += file.size;
    this.#onProgress({ bytes: this.#bytes, files: this.digests.size, currentFile: file.path });
  }
}

const sum = (files: readonly SizedFile[]): number => files.reduce((bytes, file) => bytes + file.size, 0);
