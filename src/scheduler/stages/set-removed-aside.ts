import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../../clock.js';
import type { WorkOrder } from '../../engine/job-task.js';
import {
  assertNotLost,
  entriesOf,
  isAmong,
  readNamesOnNas,
  removedFrom,
  type NamesOnNas,
  type RemovedNames,
} from '../../engine/removed-names.js';
import { SourceChanged } from '../../errors.js';
import type { Removal } from '../../persistence/removal-store.js';
import { foldersAbove, type RunWalk } from '../../run/entry.js';
import { unlessGone } from '../../run/fs/null-if-missing.js';
import { printable } from '../../run/printable.js';
import { SET_ASIDE_FOLDER } from '../../transports/set-aside.js';
import type { DigestBook } from '../../verify/digest-cache.js';

/** What left the run before its deletion began, and what an operator said of it. */
export interface Removed extends RemovedNames {
  readonly onNas: NamesOnNas;
  /** What an operator accepted, and no pass has proven yet: a file, or all that a folder held. */
  readonly isAccepted: (path: string) => boolean;
}

export const NONE_REMOVED: Removed = {
  paths: [],
  folders: [],
  onNas: { kinds: new Map(), devices: new Map() },
  isAccepted: () => false,
};

const FOUND = 'gone from the run';

/**
 * Which names this job put on the NAS that its run no longer has.
 * @throws RunLostError where they may be on a disk that is not mounted, and no operator said otherwise
 */
export async function findRemoved(order: WorkOrder, walk: RunWalk, book: DigestBook): Promise<Removed> {
  const { job, engine } = order;
  const onNas = await readNamesOnNas(engine, job, book);
  const removed = removedFrom(onNas, walk, order.bay.names);
  const words = (await engine.store.removals.list(job.jobId)).filter(isOpenWord);
  const isTold = isAmong(words.map(({ path }) => path));
  const here = entriesOf(walk);
  const isAccepted = (path: string): boolean => !here.has(path) && isTold(path);
  assertNotLost(
    job.runPath,
    walk,
    onNas,
    removed.paths.filter((path) => !isAccepted(path)),
  );
  return { ...removed, onNas, isAccepted };
}

/** Those that nobody told of have no operator. */
const isOpenWord = ({ operator, isProven }: Removal): boolean => operator !== null && !isProven;

/**
 * Sets these names aside on the NAS, where they are kept below the run's record folder. What is done is planned in the
 * queue first: cut off anywhere, a repeat goes on. The place must be known to be this run's.
 */
export async function setRemovedAside(order: WorkOrder, walk: RunWalk, removed: Removed): Promise<void> {
  const { job, context, bay, engine, signal } = order;
  const { removals } = engine.store;
  const open = await openRemovals(order);
  if (removed.paths.length + removed.folders.length + open.length === 0) return;
  const here = entriesOf(walk);
  await assertStillGone(
    job.runPath,
    removed.paths.filter((path) => !here.has(path)),
  );
  await removals.drop(idsOf(open.filter(({ path }) => here.get(path)?.kind === 'file')));

  const there = await bay.transport.list(job.targetPath, signal);
  const into = `${SET_ASIDE_FOLDER}/${context.generation}-${isoTime(engine.clock.now()).replaceAll(':', '-')}`;
  const isRemoved = membersOf([...removed.paths, ...removed.folders], removed.isAccepted);
  const names = [...there.files, ...there.links].map(({ path }) => path);
  await plan(order, names.filter(isRemoved), into);
  await carryOut(order);
  const emptyFolders = there.folders.filter((path) => here.get(path)?.kind !== 'folder' && isRemoved(path));
  if (emptyFolders.length > 0) {
    await bay.transport.setAside({ target: job.targetPath, paths: [], emptyFolders, into, signal });
  }
  // What was accepted and does not stand there needs no more than the word.
  await removals.finish(idsOf(await openRemovals(order)));
  await removals.forgetPushedNames(job.jobId, [...removed.paths, ...removed.folders]);
}

function membersOf(names: readonly string[], isAccepted: (path: string) => boolean): (path: string) => boolean {
  const known = new Set(names);
  return (path) => known.has(path) || isAccepted(path);
}

/** A program that replaces a file may have none under its name for a moment. @throws SourceChanged */
async function assertStillGone(runPath: string, paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    const stats = await unlessGone(lstat(join(runPath, path)));
    if (stats?.isFile() === true) throw new SourceChanged(`${printable(path)} is in the run again`);
  }
}

/** Written down before anything is moved. */
async function plan(order: WorkOrder, paths: readonly string[], into: string): Promise<void> {
  const { job, engine } = order;
  const { removals } = engine.store;
  const open = await openRemovals(order);
  const words = new Map(open.map((removal) => [removal.path, removal]));
  await removals.plan(idsOf(paths.flatMap((path) => words.get(path) ?? [])), into);
  const others = paths.filter((path) => !words.has(path));
  const at = engine.clock.now();
  const added = others.map((path) => {
    const word = foldersAbove(path).flatMap((folder) => words.get(folder) ?? [])[0];
    return { path, setAsideTo: into, at, operator: word?.operator ?? null, reason: word?.reason ?? FOUND };
  });
  await removals.add(job.jobId, added);
}

/** Moves what is planned. */
async function carryOut(order: WorkOrder): Promise<void> {
  const { job, bay, engine, signal } = order;
  const planned = (await openRemovals(order)).filter(({ setAsideTo }) => setAsideTo !== null);
  for (const into of new Set(planned.map(({ setAsideTo }) => setAsideTo))) {
    if (into === null) continue;
    const removals = planned.filter(({ setAsideTo }) => setAsideTo === into);
    const paths = removals.map(({ path }) => path);
    await bay.transport.setAside({ target: job.targetPath, paths, into, signal });
    await engine.store.removals.finish(idsOf(removals));
    engine.logger.warn({ jobId: job.jobId, runPath: job.runPath, files: paths.length, into }, 'set aside on the NAS');
  }
}

const openRemovals = async ({ job, engine }: WorkOrder): Promise<Removal[]> =>
  (await engine.store.removals.list(job.jobId)).filter(({ isDone }) => !isDone);

const idsOf = (removals: readonly Removal[]): number[] => removals.map(({ id }) => id);
