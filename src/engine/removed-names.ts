import { RunLostError } from '../errors.js';
import type { Job } from '../persistence/job.js';
import type { PushedName } from '../persistence/removal-store.js';
import { foldersAbove, type RunEntry, type RunWalk } from '../run/entry.js';
import type { NameRules } from '../run/name-rules.js';
import { shellWord } from '../run/shell-quote.js';
import type { DigestBook } from '../verify/digest-cache.js';
import { filesOf, someOf } from '../verify/run-changes.js';
import type { Engine } from './engine.js';

/** What a job put on the NAS, or may have put there, by path. */
export interface NamesOnNas {
  readonly kinds: ReadonlyMap<string, PushedName['kind']>;
  /** The device on which each file was read. */
  readonly devices: ReadonlyMap<string, string>;
}

/** Names that a job put on the NAS and that its run no longer has. */
export interface RemovedNames {
  /** Files and links. */
  readonly paths: readonly string[];
  readonly folders: readonly string[];
}

export async function readNamesOnNas({ store }: Engine, { jobId }: Job, book: DigestBook): Promise<NamesOnNas> {
  const [proven, names] = await Promise.all([store.proofs.newest(jobId), store.removals.pushedNames(jobId)]);
  const kinds = new Map<string, PushedName['kind']>();
  const devices = new Map<string, string>();
  for (const { path, kind } of names) kinds.set(path, kind);
  for (const { path, kind } of proven?.shape ?? []) if (kind !== 'followed') kinds.set(path, kind);
  for (const { path, dev } of [...(proven?.files ?? []), ...book.digests]) {
    kinds.set(path, 'file');
    devices.set(path, dev);
  }
  return { kinds, devices };
}

/** Volatile names come and go by themselves, and excluded ones are none of the run's. Pure. */
export function removedFrom({ kinds }: NamesOnNas, walk: RunWalk, { isData }: NameRules): RemovedNames {
  const here = entriesOf(walk);
  const removed = [...kinds].filter(([path, kind]) => here.get(path)?.kind !== kind && isData(path));
  const paths = removed.flatMap(([path, kind]) => (kind === 'folder' ? [] : [path]));
  const folders = new Set(removed.flatMap(([path, kind]) => (kind === 'folder' ? [path] : [])));
  for (const path of paths) for (const folder of foldersAbove(path)) folders.add(folder);
  return { paths, folders: [...folders].filter((path) => here.get(path)?.kind !== 'folder') };
}

export const entriesOf = (walk: RunWalk): ReadonlyMap<string, RunEntry> =>
  new Map(walk.entries.map((entry) => [entry.path, entry]));

/** Whether a path is one of these names, or lies below one. */
export function isAmong(names: Iterable<string>): (path: string) => boolean {
  const known = new Set(names);
  return (path) => known.has(path) || foldersAbove(path).some((folder) => known.has(folder));
}

/**
 * A disk that is not mounted, and a run that somebody emptied, look like files that were removed. So each device of
 * these files must still show one file of the run. Pure.
 * @throws RunLostError
 */
export function assertNotLost(runPath: string, walk: RunWalk, onNas: NamesOnNas, removed: readonly string[]): void {
  const files = filesOf(walk);
  const shown = new Set(files.flatMap(({ path, identity }) => [identity.dev, onNas.devices.get(path) ?? identity.dev]));
  const lost = removed.filter((path) => onNas.kinds.get(path) === 'file' && !isShown(onNas.devices.get(path), shown));
  if (lost.length === 0) return;
  const run = shellWord(runPath);
  throw new RunLostError(
    `no file of the run is left where it held ${someOf(lost)}: mount its disk again, or say that they were removed: \`nas-sync accept-removal ${run} --reason REASON\``,
  );
}

const isShown = (device: string | undefined, shown: ReadonlySet<string>): boolean =>
  device === undefined ? shown.size > 0 : shown.has(device);
