import type { WorkOrder } from '../../engine/job-task.js';
import { REPLACE_NAS_COPY } from '../../persistence/grant-store.js';
import type { KnownSeals } from '../../persistence/seal-store.js';
import type { Digest, FileEntry, RunWalk } from '../../run/entry.js';
import { parseManifest, readableLines, type ManifestLine } from '../../run/manifest.js';
import { compare } from '../../verify/compare.js';
import type { DigestBook } from '../../verify/digest-cache.js';
import { hashUnread } from '../../verify/hash-local.js';
import { isOurs, neverProvenHere, readHistory, type NasHistory } from '../../verify/nas-history.js';
import { filesOf } from '../../verify/run-changes.js';
import { setForeignAside } from './set-foreign-aside.js';

export interface Local {
  readonly walk: RunWalk;
  readonly book: DigestBook;
  /** What an operator accepted as removed: it is set aside in any case. */
  readonly isAccepted: (path: string) => boolean;
}

/**
 * Asked before a push: what another history has proven at the run's place may be added to, and never changed. With an
 * operator's word it is set aside first. Gives the pass that the seal there names.
 * @throws NasSyncError `target_conflict`
 */
export async function requireOwnHistory(order: WorkOrder, local: Local): Promise<string | null> {
  const { job, bay, engine, signal } = order;
  const history = await readHistory(bay.transport, job.targetPath, signal);
  const pass = history.mark?.pass ?? null;
  if (isOurs(history, await engine.store.seals.known(job.jobId))) return pass;
  const named = history.manifest === null ? null : namedBy(history.manifest);
  const here = new Set(local.walk.entries.map(({ path }) => path));
  // One that is not here is not replaced by a push; one that is here would be.
  const mayLack = (path: string): boolean => !here.has(path) && !bay.names.isData(path);
  const replaced = await replacedBy(order, named, local);
  const paths = replaced.filter((path) => !local.isAccepted(path) && !mayLack(path));
  if (paths.length === 0) return pass;
  const grant = await engine.store.grants.find(job.jobId, REPLACE_NAS_COPY);
  if (grant === null) throw conflict(order, history, paths);
  await setForeignAside(order, history, paths, { grant, named: named ?? [] });
  return pass;
}

export interface SealContext {
  readonly known: KnownSeals;
  /** What was set aside since the last pass, or accepted as removed. */
  readonly removed: ReadonlySet<string>;
  readonly files: readonly ManifestLine[];
}

/** Asked again right before the seal, when both sides are the same: what is named there must be what they hold. */
export function requireNothingReplaced(
  order: WorkOrder,
  history: NasHistory,
  { known, removed, files }: SealContext,
): void {
  if (history.manifest === null || isOurs(history, known)) return;
  const { isData } = order.bay.names;
  const held = new Set(files.map(({ path }) => path));
  const mayLack = (path: string): boolean => !held.has(path) && !isData(path);
  const named = readableLines(history.manifest).filter(({ path }) => !removed.has(path) && !mayLack(path));
  const paths = notHeld(named, new Map(files.map(({ path, sha256 }) => [path, sha256])));
  if (paths.length > 0) throw conflict(order, history, paths);
}

const conflict = ({ job, bay }: WorkOrder, history: NasHistory, paths: readonly string[]) =>
  neverProvenHere({ runPath: job.runPath, place: `${bay.transport.place}/${job.targetPath}`, history, paths });

/** What the run lacks, or holds otherwise than it was proven there. */
async function replacedBy(order: WorkOrder, named: ManifestLine[] | null, local: Local): Promise<string[]> {
  if (named === null) return otherOnTarget(order, local);
  const { walk, book } = local;
  const paths = new Set(named.map(({ path }) => path));
  const files = filesOf(walk).filter(({ path }) => paths.has(path));
  await readFiles(order, files, book);
  return notHeld(named, new Map(files.map((file) => [file.path, book.sha256Of(file)])));
}

const notHeld = (named: readonly ManifestLine[], held: ReadonlyMap<string, string | null>): string[] =>
  named.filter(({ path, sha256 }) => held.get(path) !== sha256).map(({ path }) => path);

/** `null` where it cannot be read as a whole. */
function namedBy(manifest: Uint8Array): ManifestLine[] | null {
  try {
    return parseManifest(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(manifest));
  } catch {
    return null;
  }
}

/** Where nothing tells what was proven there, all that is there counts as proven. */
async function otherOnTarget(order: WorkOrder, { walk, book }: Local): Promise<string[]> {
  const { job, bay, signal } = order;
  const here = new Set(walk.entries.map(({ path }) => path));
  await readFiles(order, filesOf(walk), book);
  const target = await bay.transport.hash({
    target: job.targetPath,
    source: job.runPath,
    entries: walk.entries,
    sha256Of: (file) => book.sha256Of(file),
    signal,
    onProgress: () => undefined,
  });
  const isContentOf = (file: FileEntry, digest: Digest): boolean => book.matches(file, digest) === true;
  const names = { ...bay.names, isVolatile: (path: string) => bay.names.isVolatile(path) && !here.has(path) };
  const { mismatched, extra } = compare(walk.entries, isContentOf, target, { names });
  const folders = new Set(target.folders);
  return [...mismatched, ...extra.filter((path) => !folders.has(path))];
}

async function readFiles({ job, engine, signal }: WorkOrder, files: ReturnType<typeof filesOf>, book: DigestBook) {
  await hashUnread(job.runPath, files, book, engine.pool, { signal });
  await book.flush();
}
