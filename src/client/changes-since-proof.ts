import { join } from 'node:path';
import { releasedOf } from '../cleanup/deletion-progress.js';
import { namesOf, type Engine } from '../engine/engine.js';
import { readNamesOnNas, removedFrom } from '../engine/removed-names.js';
import type { Job } from '../persistence/job.js';
import type { ProofContents } from '../persistence/proof-store.js';
import { contentPath, type FileEntry, type RunWalk } from '../run/entry.js';
import { shapeOf, shapeSha256 } from '../run/tree-structure.js';
import { walkRun } from '../run/walk.js';
import { DigestBook } from '../verify/digest-cache.js';
import { sha256Of } from '../verify/hash-local.js';
import { dataPaths, filesOf, someOf } from '../verify/run-changes.js';
import { withReleased } from '../verify/with-deleted.js';
import { newInCleaned } from './check-before-enqueue.js';

/** Never aborted: an enqueue is as long as its run is large. */
const ALWAYS = new AbortController().signal;

/**
 * What a proven run holds that its newest proof does not know of, in words, or `null`.
 * @throws NasSyncError `not_allowed` for a cleaned run that holds new data and not all that was proven
 */
export async function newsOf(engine: Engine, job: Job): Promise<string | null> {
  if (job.state === 'cleaned') return newsOfCleaned(engine, job);
  const rests = job.state === 'verified' || (job.state === 'cleanup_eligible' && job.phase === 'waiting');
  return rests ? newsOfProven(engine, job) : null;
}

async function newsOfProven(engine: Engine, job: Job): Promise<string | null> {
  const { released } = await releasedOf(engine, job);
  const walk = withReleased(await walked(engine, job), released);
  const names = namesOf(engine, job.equipmentId);
  const isStable = ({ path }: { readonly path: string }): boolean => !names.isVolatile(path);
  const refused = walk.refused.filter(isStable);
  if (refused.length > 0) return `not on the NAS: ${someOf(refused.map((refusal) => refusal.path))}`;
  const book = await DigestBook.open(job.jobId, engine.store.digests);
  const unread = filesOf(walk).filter((file) => isStable(file) && book.sha256Of(file) === null);
  const gone = released === null ? removedFrom(await readNamesOnNas(engine, job, book), walk, names).paths : [];
  if (gone.length > 0) return `gone: ${someOf(gone)}`;
  if (unread.length > 0) return `new or changed: ${someOf(unread.map((file) => file.path))}`;
  const proven = (await engine.store.proofs.newest(job.jobId))?.shape.filter(isStable) ?? [];
  const isSame = shapeSha256(shapeOf(walk.entries.filter(isStable))) === shapeSha256(proven);
  return isSame ? null : 'new or changed: folders or links';
}

/** A run that left may come again only with everything that was proven: a smaller manifest never replaces a good one. */
async function newsOfCleaned(engine: Engine, job: Job): Promise<string | null> {
  const { isVolatile } = namesOf(engine, job.equipmentId);
  const isStable = ({ path }: { readonly path: string }): boolean => !isVolatile(path);
  const walk = await walked(engine, job);
  const found = dataPaths(walk, isVolatile);
  if (found.length === 0) return null;
  const contents = await engine.store.proofs.newest(job.jobId);
  const here = filesOf(walk);
  const names = new Set(here.map(({ path }) => path));
  const absent = (contents?.files ?? []).filter((file) => isStable(file) && !names.has(file.path));
  if (contents === null || absent.length > 0) throw newInCleaned(job.runPath, unknownTo(contents, found));
  const other = await withOtherContent(engine, job, here.filter(isStable), contents);
  if (other.length > 0) throw newInCleaned(job.runPath, other);
  return 'restored, and queued again';
}

async function withOtherContent(engine: Engine, { runPath }: Job, here: readonly FileEntry[], proof: ProofContents) {
  const proven = new Map(proof.files.map(({ path, sha256 }) => [path, sha256]));
  const other: string[] = [];
  for (const file of here) {
    const { path, identity } = file;
    const sha256 = proven.get(path);
    if (sha256 === undefined) continue;
    if ((await sha256Of(engine.pool, join(runPath, contentPath(file)), identity, ALWAYS)) !== sha256) other.push(path);
  }
  return other;
}

/** What to name: the files that no proof knows; where there are none, whatever stands there. */
function unknownTo(contents: ProofContents | null, found: readonly string[]): readonly string[] {
  const proven = new Set(contents?.files.map(({ path }) => path));
  const unknown = found.filter((path) => !proven.has(path));
  return unknown.length > 0 ? unknown : found;
}

const walked = ({ bays }: Engine, job: Job): Promise<RunWalk> =>
  walkRun(job.runPath, {
    links: bays.get(job.equipmentId)?.equipment.transport.links ?? 'keep',
    isExcluded: namesOf({ bays }, job.equipmentId).isExcluded,
  });
