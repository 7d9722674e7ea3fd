import type { Digest, FileIdentity, HashName } from '../run/entry.js';

export interface HashTask {
  readonly index: number;
  readonly path: string;
  /** Set for a local file: the content counts only if the file was this one before and after the read. */
  readonly identity: FileIdentity | null;
  /** The hashes to compute in the one read; SHA-256 always is. */
  readonly hash: HashName;
}

export interface PlaceTask {
  readonly index: number;
  readonly source: string;
  readonly target: string;
  /** The name under which it is written until it is whole. On the target's file system, unique to this push. */
  readonly partial: string;
  /** The source's permissions. */
  readonly mode: number;
  readonly identity: FileIdentity;
  /** The source's SHA-256 if it was read before under the same identity. */
  readonly sha256: string | null;
}

export interface FileDone {
  readonly index: number;
  readonly ok: true;
  readonly sha256: string;
  /** The other hash that the task asked for. */
  readonly other: Digest | null;
  readonly size: number;
  readonly copied: boolean;
  /** Read past the page cache. */
  readonly direct: boolean;
}

export interface FileFailed {
  readonly index: number;
  readonly ok: false;
  readonly side: 'source' | 'target';
  /** A system error code, or `CHANGED` (the local file is not the one that was listed), or `STOPPED`. */
  readonly code: string;
  readonly message: string;
}

export type FileOutcome = FileDone | FileFailed;

/** Carries a failure out of nested reads and writes, with the side it happened on. */
export class SideError extends Error {
  readonly side: 'source' | 'target';
  readonly code: string;

  constructor(side: 'source' | 'target', code: string, message: string) {
    super(message);
    this.side = side;
    this.code = code;
  }
}

/** Runs file system calls of one side, so that a failure says where it happened. */
export function on<T>(side: 'source' | 'target', act: () => T): T {
  try {
    return act();
  } catch (error) {
    if (error instanceof SideError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    throw new SideError(side, code ?? 'UNKNOWN', message);
  }
}

export const stopped = (): SideError => new SideError('source', 'STOPPED', 'stopped');
export const changed = (path: string): SideError =>
  new SideError('source', 'CHANGED', `${path} changed while it was read`);
