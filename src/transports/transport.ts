import type { Evidence } from '../machines/job-types.js';
import type { FileEntry, RunEntry } from '../run/entry.js';

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

export interface PushRequest {
  /** The run folder, absolute. */
  readonly source: string;
  /** The run's place, relative to the transport's root, separated by `/`. */
  readonly target: string;
  /** What the target shall hold; a folder stands before what it holds. */
  readonly entries: readonly RunEntry[];
  /** SHA-256 of a local file that was read before, or `null`. */
  readonly sha256Of: (file: FileEntry) => string | null;
  /** For transports that read the source themselves: what they saw, so that nobody reads it again. */
  readonly onDigests: (digests: readonly { file: FileEntry; sha256: string }[]) => void;
  /** In KiB/s; asked again during the push. `null` is no cap. */
  readonly capKiBps: () => number | null;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

export interface PushResult {
  /** Files whose bytes were sent; the others were in place with equal content. */
  readonly copiedFiles: number;
  readonly copiedBytes: number;
}

export interface HashRequest {
  readonly target: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
}

/** What the target really holds, the run's own top `.exlab-wizard/` left out. */
export interface TargetListing {
  readonly files: readonly { readonly path: string; readonly size: number; readonly sha256: string }[];
  readonly links: readonly { readonly path: string; readonly linkTo: string }[];
  readonly folders: readonly string[];
  /** Names of what is neither, safe to print. */
  readonly others: readonly string[];
  readonly evidence: Evidence;
  /** The evidence in words. */
  readonly method: string;
}

/**
 * The way to one NAS. Every call may be repeated; a second push changes nothing. Failures are `NasSyncError`s whose
 * code is one of the job error kinds.
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
  probe(signal: AbortSignal): Promise<TargetProbe>;
  /** First contact: leaves the token on the target. */
  imprint(token: string, signal: AbortSignal): Promise<void>;
  push(request: PushRequest): Promise<PushResult>;
  /** Reads the run's place back in its own right. A place that does not exist holds nothing. */
  hash(request: HashRequest): Promise<TargetListing>;
  /** A small file on the target, or `null` if there is none. */
  readMeta(path: string, signal: AbortSignal): Promise<Uint8Array | null>;
  /** Writes a small file whole or not at all, durably. `exclusive`: `target_conflict` if the name is taken. */
  writeMeta(path: string, data: Uint8Array, options: { exclusive: boolean }, signal: AbortSignal): Promise<void>;
  /** Removes what interrupted writes of ours left at the run's place. Nothing else there is ever removed. */
  tidyUp(target: string, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}
