import type { Evidence, Interlock, Kept } from '../../machines/job-types.js';
import { NOTHING_LOCKED, type LockLook } from '../locked/find-locked.js';
import type { WriterLook } from '../open-writers.js';

/** What is known of the passes at this moment. Times are ms since the epoch; spans are told by the steady clock. */
export interface PassFacts {
  readonly now: number;
  /** Passes that count, each of an invocation of its own. */
  readonly passes: number;
  readonly evidence: Evidence | null;
  readonly lastPassAt: number | null;
  /** Since the last pass, in ms. A clock that was set counts for nothing in it. */
  readonly ageMs: number;
  readonly expiresAt: number | null;
}

/** By what the local files are told to be the proven ones, in numbers of files. */
export interface SourceLook {
  /** By size, times, device and inode, on file systems whose times tell of every change. */
  readonly byTimes: number;
  /** By their content, which was read again. */
  readonly byContent: number;
  /** To be read before the first file goes. */
  readonly unread: number;
}

/** What was seen of both sides. */
export interface SceneFacts {
  readonly runPath: string;
  /** Why the target does not answer as itself, or `null`. */
  readonly unreachable: string | null;
  /**
   * Whose manifest and record the target holds: `current` are those of the newest pass, `damaged` are ours and not whole;
   * otherwise what is there, in words. `null` where it was not asked.
   */
  readonly seal: 'current' | 'damaged' | { readonly foreign: string } | null;
  /** Proven files that the target does not list with their size; `null` where it was not asked. */
  readonly notListed: readonly string[] | null;
  /** What stands at the run's place there and is none of it; `null` where it was not asked. */
  readonly extra: readonly string[] | null;
  /** Who said that this may stay there, and why; `null` where nobody did. */
  readonly extraAllowed: string | null;
  /** Proven files whose content on the target is another; `null` where it was not read again. */
  readonly damaged: readonly string[] | null;
  /** When the last tombstones were written: ms, or `null` for a time that cannot be read. */
  readonly revocations: readonly (number | null)[];
  /** What the gate has against the run now, in words, or `null`. */
  readonly blocked: string | null;
  readonly changed: readonly Kept[];
  readonly unproven: readonly Kept[];
  readonly source: SourceLook;
  readonly locks: LockLook;
  readonly openWriters: WriterLook;
  readonly files: number;
  /** Who said that the run may go though it holds no files, and why; `null` where nobody did. */
  readonly emptyAllowed: string | null;
}

/** What is seen of a run where there is nothing to look at. */
export const NOTHING_LOCAL: Pick<
  SceneFacts,
  'revocations' | 'blocked' | 'changed' | 'unproven' | 'source' | 'locks' | 'openWriters'
> = {
  revocations: [],
  blocked: null,
  changed: [],
  unproven: [],
  source: { byTimes: 0, byContent: 0, unread: 0 },
  locks: NOTHING_LOCKED,
  openWriters: { writers: [], untold: 0, quietMs: null },
};

type Made = Omit<Interlock, 'ok' | 'until' | 'fix'>;

/** One that holds needs no fix and waits for no time. */
export const interlock = (ok: boolean, made: Made, fix: string, until: number | null = null): Interlock => ({
  ...made,
  ok,
  until: ok ? null : until,
  fix: ok ? null : fix,
});

/** The first few by name, the rest by count. */
export function listed(kept: readonly Kept[], most = 3): string {
  const named = kept.slice(0, most).map(({ path, reason }) => (reason === '' ? path : `${path}: ${reason}`));
  return `${named.join('; ')}${kept.length > most ? ` and ${kept.length - most} more` : ''}`;
}
