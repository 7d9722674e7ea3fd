import { join } from 'node:path';
import type { Job } from '../persistence/job.js';
import type { ProofContents } from '../persistence/proof-store.js';
import { contentPath, type FileEntry, type RunWalk } from '../run/entry.js';
import { shapeOf, shapeSha256 } from '../run/shape.js';
import { walkRun } from '../run/walk.js';
import { DigestBook } from '../verify/digest-book.js';
import { filesOf, someOf } from '../verify/local-state.js';
import { withReleased } from '../verify/released.js';
import type { Engine } from './engine.js';
import { readNamesOnNas, removedFrom } from './removed-names.js';
import { releasedOf } from './released-of.js';
import { newInCleaned } from './run-before.js';
import { sha256Of } from './sha256-of.js';

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
  if (walk.refused.length > 0) return `not on the NAS: ${someOf(walk.refused.map((refusal) => refusal.path))}`;
  const book = await DigestBook.open(job.jobId, engine.store.digests);
  const unread = filesOf(walk).filter((file) => book.sha256Of(file) === null);
  const gone = released === null ? removedFrom(await readNamesOnNas(engine, job, book), walk).paths : [];
  if (gone.length > 0) return `gone: ${someOf(gone)}`;
  if (unread.length > 0) return `new or changed: ${someOf(unread.map((file) => file.path))}`;
  const pass = (await engine.store.proofs.passes(job.jobId)).at(-1);
  return shapeSha256(shapeOf(walk.entries)) === pass?.shapeSha256 ? null : 'new or changed: folders or links';
}

/** A run that left may come again only with everything that was proven: a smaller manifest never replaces a good one. */
async function newsOfCleaned(engine: Engine, job: Job): Promise<string | null> {
  const walk = await walked(engine, job);
  const found = [...walk.entries, ...walk.refused].map(({ path }) => path);
  if (found.length === 0) return null;
  const contents = await engine.store.proofs.newest(job.jobId);
  const here = filesOf(walk);
  const absent = (contents?.files ?? []).filter(({ path }) => !here.some((file) => file.path === path));
  if (contents === null || absent.length > 0) throw newInCleaned(job.runPath, unknownTo(contents, walk));
  const other = await withOtherContent(engine, job, here, contents);
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
    if ((await sha256Of(engine, join(runPath, contentPath(file)), identity, ALWAYS)) !== sha256) other.push(path);
  }
  return other;
}

/** What to name: the files that no proof knows; where there are none, whatever stands there. */
function unknownTo(contents: ProofContents | null, walk: RunWalk): string[] {
  const proven = new Set(contents?.files.map(({ path }) => path));
  const all = [...walk.entries, ...walk.refused].map(({ path }) => path);
  const unknown = all.filter((path) => !proven.has(path));
  return unknown.length > 0 ? unknown : all;
}

const walked = ({ bays }: Engine, job: Job): Promise<RunWalk> =>
  walkRun(job.runPath, { links: bays.get(job.equipmentId)?.equipment.transport.links ?? 'keep' });
