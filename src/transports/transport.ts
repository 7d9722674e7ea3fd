import { NasSyncError, type ToolRun } from '../errors.js';
import type { Evidence } from '../machines/job-types.js';
import type { Digest, FileEntry, HashName, RunEntry } from '../run/entry.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import type { SetAsideRequest } from './set-aside.js';

export type { SetAsideRequest } from './set-aside.js';

/** How far a push or a read-back is. */
export interface TransferProgress {
  /** Bytes that were read or found in place so far. */
  readonly bytes: number;
  readonly files: number;
  readonly currentFile: string | null;
}

export interface TargetProbe {
  /** The identity token that the target carries, or `null`: never met, or not the share that it should be. */
  readonly token: string | null;
  readonly freeBytes: number | null;
}

export interface RunToHold {
  /** The run folder, absolute. */
  readonly source: string;
  /** The run's place, relative to the transport's root, separated by `/`. */
  readonly target: string;
  /** What the target shall hold; a folder stands before what it holds. */
  readonly entries: readonly RunEntry[];
}

export interface PushRequest extends RunToHold {
  /** SHA-256 of a local file that was read before, or `null`. */
  readonly sha256Of: (file: FileEntry) => string | null;
  /** Whether a local file's content has this hash; `null` where it was not read yet. */
  readonly matches: (file: FileEntry, content: Digest) => boolean | null;
  /** Reads those of these local files that were not read yet; `matches` knows them then. */
  readonly readNow: (files: readonly FileEntry[]) => Promise<void>;
  /** For transports that read the source themselves: what they saw, so that nobody reads it again. */
  readonly onDigests: (digests: readonly { file: FileEntry; sha256: string }[]) => void;
  /** In KiB/s; asked again during the push. `null` is no cap. */
  readonly capKiBps: () => number | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
  /** Called when something has arrived that was not there before, and stays there if the push is cut off now. */
  readonly onArrived: () => void;
}

export interface PushResult {
  /** Files whose bytes were sent; the others were in place with equal content. */
  readonly copiedFiles: number;
  readonly copiedBytes: number;
  /** The programs that did it, in turn. */
  readonly tools: readonly ToolRun[];
}

export interface HashRequest {
  readonly target: string;
  /** The run folder, absolute, and what it holds: for targets that can only compare. */
  readonly source: string;
  readonly entries: readonly RunEntry[];
  readonly sha256Of: (file: FileEntry) => string | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface TargetFile {
  readonly path: string;
  readonly size: number;
  /** `null`: it equals no file of the run, or the target could tell nothing of its content. */
  readonly digest: Digest | null;
}

/** What stands at a run's place, by name and size; the run's own top `.exlab-wizard/` left out. */
export interface PlaceListing {
  readonly files: readonly Pick<TargetFile, 'path' | 'size'>[];
  readonly links: readonly { readonly path: string; readonly linkTo: string }[];
  readonly folders: readonly string[];
  /** Names of what is neither, safe to print. */
  readonly others: readonly string[];
}

/** What the target really holds, contents included. */
export interface TargetListing extends PlaceListing {
  readonly files: readonly TargetFile[];
  readonly evidence: Evidence;
  /** The evidence in words. */
  readonly method: string;
  /** It can only compare: of a file that has left the workstation it tells the size alone. */
  readonly comparesOnly?: boolean;
  readonly tools: readonly ToolRun[];
}

export interface FetchRequest {
  readonly target: string;
  /** The files to bring, relative to the run. */
  readonly paths: readonly string[];
  /** A local folder that is nobody else's: names below it are as in the run, and may be written over. */
  readonly into: string;
  /** In KiB/s; asked again while it goes on. `null` is no cap. */
  readonly capKiBps: () => number | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface FetchResult {
  readonly files: number;
  readonly bytes: number;
  readonly tools: readonly ToolRun[];
}

/** Something that was looked at about a transport, and what it means: a line of `doctor`. */
export interface Examined {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; `null` where nothing needs to be done. */
  readonly fix: string | null;
}

/** How the names of places begin that {@link Transport.removeCanary} may remove. */
export const CANARY_PREFIX = '.nas-sync-canary-';

/**
 * The way to one NAS. Every call may be repeated; a second push changes nothing. Failures are `NasSyncError`s whose
 * code is one of the job error kinds; where a program failed, `tool` says how.
 */
export interface Transport {
  readonly type: string;
  /** Where it leads, for people, and the key under which its identity token is remembered: `mount:/mnt/nas`. */
  readonly place: string;
  /** Whether the target can hold symbolic links. */
  readonly keepsLinks: boolean;
  /** Whether push() reads the source itself and tells what it saw; else it is hashed beside the push. */
  readonly reportsDigests: boolean;
  /**
   * Refuses a place that is the run itself, lies in it or holds it. Asked before anything is written anywhere.
   * @throws NasSyncError `wrong_target`
   */
  requireApart(source: string, target: string, signal: AbortSignal): Promise<void>;
  /**
   * Refuses by name what the target cannot hold as it is. Asked before anything is written there.
   * @throws NasSyncError `source_invalid`
   */
  requireHolds(run: RunToHold, signal: AbortSignal): Promise<void>;
  probe(signal: AbortSignal): Promise<TargetProbe>;
  /** The hash by which {@link hash} tells contents; one other than SHA-256 is computed in the same local read. */
  hashName(signal: AbortSignal): Promise<HashName>;
  /** First contact: leaves the token on the target. */
  imprint(token: string, signal: AbortSignal): Promise<void>;
  push(request: PushRequest): Promise<PushResult>;
  /** Reads the run's place back in its own right. A place that does not exist holds nothing. */
  hash(request: HashRequest): Promise<TargetListing>;
  /**
   * What stands at the run's place now, by name and size, without reading contents. A place that does not exist holds
   * nothing; one that cannot be listed in full is a failure.
   */
  list(target: string, signal: AbortSignal): Promise<PlaceListing>;
  /** Brings files back. What arrives is not compared with anything. A file that is not there is a failure. */
  fetch(request: FetchRequest): Promise<FetchResult>;
  /** A small file on the target, or `null` if there is none. */
  readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Writes a small file whole or not at all, durably. `exclusive`: `target_conflict` if the name is taken. */
  writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void>;
  /**
   * Moves files and links of a run's place to `into/PATH` below its record folder there. What is missing is passed
   * over, so that a repeat goes on; nothing is replaced, and nothing removed but empty folders.
   * @throws NasSyncError `target_conflict` where the new name is taken, or the target cannot move files
   */
  setAside(request: SetAsideRequest): Promise<void>;
  /** Removes what interrupted writes of ours left at the run's place. Nothing else there is ever removed. */
  tidyUp(target: string, signal: AbortSignal): Promise<void>;
  /**
   * Removes a folder whose name begins with {@link CANARY_PREFIX}, at the top or in the record folder of a run's place,
   * and refuses every other.
   */
  removeCanary(target: string, signal: AbortSignal): Promise<void>;
  /** What `doctor` should know about the tools, keys and abilities of this way. */
  examine(signal: AbortSignal): Promise<readonly Examined[]>;
  /** Ends what it started. Idempotent. */
  close(): Promise<void>;
}

const escaped = (text: string): string => text.replaceAll('.', String.raw`\.`);

/** At the target's top, or in the record folder of a run's place. */
const CANARY = new RegExp(`^(?:.+/${escaped(RECORD_FOLDER)}/)?${escaped(CANARY_PREFIX)}[0-9a-f-]{36}$`, 'su');

/**
 * The only removal of a whole place that a transport has. The name is the proof that the place is a canary's.
 * @throws NasSyncError `usage`
 */
export function requireCanary(target: string): void {
  if (CANARY.test(target) && !target.split('/').includes('..')) return;
  throw new NasSyncError('usage', `${printable(target)} is no canary of nas-sync, and is not removed`);
}
