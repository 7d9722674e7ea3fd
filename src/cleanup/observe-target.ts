import type { WorkOrder } from '../engine/job-task.js';
import { reporter } from '../engine/progress.js';
import { NasSyncError } from '../errors.js';
import type { NameRules } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import { walkRun } from '../run/walk.js';
import { assertFoldersAreElsewhere, assertTargetIsElsewhere } from '../transports/assert-separate.js';
import { meetTarget, type LaneClosed } from '../transports/target-identity.js';
import type { PlaceListing } from '../transports/transport.js';
import { compare } from '../verify/compare.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { withReleased } from '../verify/with-deleted.js';
import type { SceneFacts } from './interlocks/observations.js';
import { sealOnTarget } from './observe-seal.js';
import { hasTrash, trashPath } from './trash.js';

type FarScene = Pick<SceneFacts, 'unreachable' | 'seal' | 'notListed' | 'extra'> & { readonly closed: LaneClosed };

/**
 * Whether the target answers as itself, and lists what was proven. With `content` it must also be another place than
 * the run, which takes a small file that is written and removed on either side.
 */
export async function targetScene(ask: WorkOrder, proof: DeletionProof, content: boolean): Promise<FarScene> {
  const { job, context, bay, engine, signal } = ask;
  const { transport } = bay;
  try {
    const closed = await meetTarget(transport, engine.store.targets, engine.clock.now(), signal, { imprint: false });
    if (closed !== null) return { ...NOT_ASKED, unreachable: closed.measured, closed };
    const seal = await sealOnTarget(ask, proof);
    const listing = await transport.list(job.targetPath, signal);
    const missing = notListed(listing, proof, bay.names);
    if (content && missing.length === 0) {
      const places = { source: job.runPath, target: job.targetPath };
      await assertTargetIsElsewhere(transport, places, signal);
      if (context.releasing === null) await assertFoldersAreElsewhere(transport, places, foldersOf(proof), signal);
    }
    return { unreachable: null, seal, notListed: missing, extra: extraOf(listing, proof, bay.names), closed };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof NasSyncError)) throw error;
    return { ...NOT_ASKED, unreachable: error.message, closed: null };
  }
}

const foldersOf = ({ shape }: DeletionProof): string[] =>
  [...shape.values()].flatMap(({ kind, path }) => (kind === 'folder' ? [path] : []));

const NOT_ASKED = { seal: null, notListed: null, extra: null };

/** What stands there and is none of the run's. Folders alone hold no data. */
function extraOf({ files, links, others }: PlaceListing, proof: DeletionProof, names: NameRules): string[] {
  const isKnown = (path: string): boolean => proof.files.has(path) || proof.shape.has(path) || !names.isData(path);
  const paths = [...files, ...links].map(({ path }) => path).filter((path) => !isKnown(path));
  return [...paths, ...others.filter(names.isData)].map(printable);
}

function notListed({ files, links, folders }: PlaceListing, proof: DeletionProof, names: NameRules): string[] {
  const sizes = new Map(files.map(({ path, size }) => [path, size]));
  const texts = new Map(links.map(({ path, linkTo }) => [path, linkTo]));
  const there = new Set(folders);
  const shape = [...proof.shape.values()].filter(
    ({ kind, path, linkTo }) =>
      (kind === 'folder' && !there.has(path)) || (kind === 'link' && texts.get(path) !== linkTo),
  );
  const missing = [...proof.files.values()].filter(({ path, size }) => sizes.get(path) !== size);
  const paths = [...missing, ...shape].map(({ path }) => path);
  return paths.filter((path) => !names.isVolatile(path)).map(printable);
}

/**
 * What the NAS holds otherwise than it was proven. Extra files there are no danger to what is here. A volatile name that
 * is not there as it was proven is no damage: it is `unconfirmed`, and must stay here.
 */
export async function damagedOnTarget(
  order: WorkOrder,
  proof: DeletionProof,
): Promise<{ readonly damaged: readonly string[]; readonly unconfirmed: readonly string[] }> {
  const { job, bay, context, signal } = order;
  const inTrash = context.trashed !== null && (await hasTrash(job.runPath));
  const source = inTrash ? trashPath(job.runPath) : job.runPath;
  const contents = { files: [...proof.files.values()], shape: [...proof.shape.values()] };
  const { entries } = withReleased({ entries: [], refused: [], files: 0, bytes: 0 }, contents);
  const target = await bay.transport.hash({
    target: job.targetPath,
    source,
    entries,
    sha256Of: ({ path }) => proof.files.get(path)?.sha256 ?? null,
    signal,
    onProgress: reporter(order, 'verify', { files: proof.files.size, bytes: proof.proof.bytes }),
  });
  const isContentOf = ({ path }: { path: string }, digest: string): boolean => {
    const known = proof.files.get(path);
    return digest === `sha256:${known?.sha256 ?? ''}` || (known?.other !== null && digest === known?.other);
  };
  const here = await pathsIn(source, signal);
  const { mismatched, missing, volatile } = compare(entries, isContentOf, target, {
    isUntold: (path) => !here.has(path),
    names: bay.names,
  });
  return {
    damaged: [...mismatched, ...missing].map(printable),
    unconfirmed: volatile.filter((path) => proof.files.has(path) || proof.shape.has(path)),
  };
}

async function pathsIn(folder: string, signal: AbortSignal): Promise<ReadonlySet<string>> {
  try {
    return new Set((await walkRun(folder, { signal })).entries.map(({ path }) => path));
  } catch (error) {
    if (error instanceof NasSyncError && error.code === 'local_file_vanished') return new Set();
    throw error;
  }
}
