import type { BytePool } from '../bytes/byte-pool.js';
import { isSourceTrouble, NasSyncError } from '../errors.js';
import type { Evidence } from '../machines/job-types.js';
import type { ProvenFile } from '../persistence/proof-store.js';
import { summarizeWalk, type Digest, type FileEntry, type RunWalk } from '../run/entry.js';
import type { NameRules } from '../run/name-rules.js';
import { walkRun, type LinkPolicy } from '../run/walk.js';
import type { TransferProgress, Transport } from '../transports/transport.js';
import { compare, type Comparison } from './compare.js';
import type { DigestBook } from './digest-cache.js';
import { hashUnread } from './hash-local.js';
import { filesOf, firstDifference, movedVolatile, requireExpressible, someOf, vanished } from './run-changes.js';
import { withReleased, type Released } from './with-deleted.js';

export interface PassRequest {
  readonly runPath: string;
  /** What may have left the run by our own hand. */
  readonly released: Released;
  /** Where the local files are, if not in the run: its trash. */
  readonly source?: string;
  /** The run folder itself left with all that was in it. */
  readonly emptied?: boolean;
  readonly target: string;
  readonly transport: Transport;
  readonly links: LinkPolicy;
  readonly names: NameRules;
  readonly book: DigestBook;
  readonly pool: BytePool;
  readonly signal: AbortSignal;
  /**
   * `stop`: local files that were not read during the push are a change of the run. `read`: they are read now, for a
   * pass that only wants to know whether the two sides are equal.
   */
  readonly unread: 'stop' | 'read';
  readonly onStart?: (total: { files: number; bytes: number }) => void;
  readonly onProgress: (progress: TransferProgress) => void;
}

export type PassResult =
  | { readonly outcome: 'changed'; readonly reason: string }
  | { readonly outcome: 'compared'; readonly comparison: Comparison; readonly sides: Sides };

/** Both sides of a comparison, and how the far one was read. */
export interface Sides {
  /** Without the volatile names that differ: nothing is proven of them. */
  readonly walk: RunWalk;
  /** Names in the run folder that are no part of it; a folder counts once. */
  readonly excluded: number;
  readonly files: readonly ProvenFile[];
  readonly evidence: Evidence;
  readonly method: string;
}

/**
 * One comparison of both sides: the run as it was read during the push and still is, and the target as it reads now.
 * @throws NasSyncError `local_file_vanished`, `source_invalid`, and the transport's
 */
export async function runPass(request: PassRequest): Promise<PassResult> {
  const { isVolatile } = request.names;
  let excluded = 0;
  const local = await walkLocal(request, () => (excluded += 1));
  const walk = withReleased(local, request.released);
  requireExpressible(walk, isVolatile);
  request.onStart?.({ files: walk.files, bytes: walk.bytes });
  const change = await readLocal(request, walk, local);
  if (change !== null) return { outcome: 'changed', reason: change };

  const target = await request.transport.hash({
    target: request.target,
    source: request.source ?? request.runPath,
    entries: walk.entries,
    sha256Of: (file) => request.book.sha256Of(file),
    signal: request.signal,
    onProgress: request.onProgress,
  });
  // Read after the target: what was written to the run while the target was read is not proven by it.
  const after = withReleased(await walkLocal(request), request.released);
  const difference = differenceOf(request, walk, after);
  if (difference !== null) return { outcome: 'changed', reason: difference };

  const isContentOf = (file: FileEntry, digest: Digest): boolean => request.book.matches(file, digest) === true;
  const { names } = request;
  const comparison = compare(walk.entries, isContentOf, target, { isUntold: untoldOf(request, local), names });
  const unread = filesOf(walk).filter((file) => request.book.sha256Of(file) === null);
  const moved = movedVolatile(walk, after, isVolatile);
  const dropped = new Set([...comparison.volatile, ...unread.map(({ path }) => path), ...moved]);
  const compared = summarizeWalk(
    walk.entries.filter(({ path }) => !dropped.has(path)),
    walk.refused,
  );
  const { evidence, method } = target;
  return {
    outcome: 'compared',
    comparison,
    sides: { walk: compared, excluded, files: digestsOf(compared, request.book), evidence, method },
  };
}

/** @throws RunLostError where a file is gone that a deletion which has begun did not delete */
function differenceOf({ released, names }: PassRequest, before: RunWalk, after: RunWalk): string | null {
  const { isVolatile } = names;
  if (released === null) return firstDifference(before, after, isVolatile);
  const later = new Set(after.entries.map(({ path }) => path));
  const gone = filesOf(before).filter(({ path }) => !later.has(path) && !isVolatile(path));
  if (gone.length === 0) return firstDifference(before, after, isVolatile);
  throw vanished(
    'while it was read',
    gone.map(({ path }) => path),
  );
}

const NOTHING: RunWalk = { entries: [], refused: [], files: 0, bytes: 0 };

async function walkLocal(request: PassRequest, onExcluded?: () => void): Promise<RunWalk> {
  const { runPath, links, signal, emptied = false } = request;
  if (emptied) return NOTHING;
  return walkRun(runPath, { links, signal, isExcluded: request.names.isExcluded, onExcluded });
}

/** Of what left for good, a target that can only compare tells the size alone; in the trash it can be compared. */
function untoldOf({ source }: PassRequest, local: RunWalk): (path: string) => boolean {
  const here = new Set(local.entries.map(({ path }) => path));
  return (path) => source === undefined && !here.has(path);
}

async function readLocal(request: PassRequest, walk: RunWalk, local: RunWalk): Promise<string | null> {
  const { book, pool, runPath, signal } = request;
  const { isVolatile, isData } = request.names;
  const files = filesOf(walk).filter(({ path }) => !isVolatile(path));
  if (request.unread === 'read') {
    await hashUnread(runPath, files, book, pool, { signal });
    const volatile = filesOf(walk).filter(({ path }) => isVolatile(path));
    await hashUnread(runPath, volatile, book, pool, { signal }).catch(ignoreSourceTrouble);
    return null;
  }
  const present = new Set(files.map((file) => file.path));
  const gone = book.paths.filter((path) => !present.has(path) && isData(path));
  if (gone.length > 0 && request.released === null) return `gone since the push: ${someOf(gone)}`;
  if (gone.length > 0) throw vanished('since it was pushed', gone);
  const unread = files.filter((file) => book.sha256Of(file) === null).map((file) => file.path);
  // What is not here cannot be read by another push either: to ask for one would go on for ever.
  const here = new Set(local.entries.map(({ path }) => path));
  const lost = unread.filter((path) => !here.has(path));
  if (lost.length > 0) throw vanished('since it was pushed', lost);
  return unread.length === 0 ? null : `new or changed since the push: ${someOf(unread)}`;
}

/** What was not read is told among the volatile names. @throws everything else */
function ignoreSourceTrouble(error: unknown): void {
  if (!isSourceTrouble(error)) throw error;
}

function digestsOf(walk: RunWalk, book: DigestBook): ProvenFile[] {
  return filesOf(walk).map((file) => {
    const digest = book.read(file);
    if (digest === null) throw new NasSyncError('unknown', `${file.path} was not read; this is a fault of nas-sync`);
    return { ...digest, mode: (file.remembered ?? file).mode };
  });
}
