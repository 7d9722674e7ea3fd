import { posix } from 'node:path';
import { intoTrash } from '../cleanup/let-go.js';
import type { Released } from '../cleanup/release.js';
import type { FileDigest } from '../persistence/digest-store.js';
import { printable } from '../run/display.js';
import type { FolderWay } from '../run/folder-way.js';
import type { DeletionProof } from '../verify/deletion-proof.js';
import { bringBackTrash } from './bring-back-trash.js';
import type { WorkOrder } from './work.js';

type Release = (letGo: ReturnType<typeof intoTrash>, only: ReadonlySet<string>) => Promise<Released>;

/**
 * One file of each folder leaves its name here, and the target is asked whether it still has it. A folder of the run's
 * place that leads back to the run, by whatever mount or link and over whatever protocol, loses the file too: it never
 * held a copy. What was moved is in the trash then, or back in the run where anything is amiss.
 */
export async function probeTarget(
  order: WorkOrder,
  proof: DeletionProof,
  way: FolderWay,
  release: Release,
): Promise<{ readonly kept: Released['kept']; readonly moved: ReadonlySet<string> }> {
  const { job, bay, engine, signal } = order;
  const files = oneOfEachFolder(proof);
  const moved = new Set(files.map(({ path }) => path));
  if (files.length === 0) return { kept: [], moved };
  const { kept } = await release(intoTrash(way, engine.faults), moved);
  const listing = kept.length > 0 ? null : await bay.transport.list(job.targetPath, signal);
  const sizes = new Map(listing?.files.map(({ path, size }) => [path, size]));
  const lost = listing === null ? [] : files.filter(({ path, size }) => sizes.get(path) !== size);
  if (kept.length + lost.length === 0) return { kept, moved };
  await bringBackTrash(order);
  const reason = 'the NAS lost it when it left its name here, so what stands there is no copy; it is back in the run';
  return { kept: [...kept, ...lost.map(({ path }) => ({ path: printable(path), reason }))], moved };
}

/** The smallest, because it is read again. None that a link leads to: a dangling link would stop every further pass. */
function oneOfEachFolder({ files, shape }: DeletionProof): FileDigest[] {
  const links = [...shape.values()].filter(({ kind }) => kind !== 'folder');
  const linked = new Set(links.flatMap(({ path, linkTo }) => [path, posix.join(posix.dirname(path), linkTo)]));
  const chosen = new Map<string, FileDigest>();
  for (const file of files.values()) {
    const folder = posix.dirname(file.path);
    const before = chosen.get(folder);
    if (linked.has(file.path) || (before !== undefined && before.size <= file.size)) continue;
    chosen.set(folder, file);
  }
  return [...chosen.values()];
}
