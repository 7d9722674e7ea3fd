import { join } from 'node:path';
import { NasSyncError, RunLostError } from '../errors.js';
import type { Job } from '../persistence/job.js';
import type { RunWalk } from '../run/entry.js';
import { readSmallFile } from '../run/fs/read-small-file.js';
import { MANIFEST_PATH, parseManifest } from '../run/manifest.js';
import { printable } from '../run/printable.js';
import { RECORD_PATH } from '../run/record/record-file.js';
import { readRecord, type RunRecord } from '../run/record/record.js';
import { shellWord } from '../run/shell-quote.js';
import { hasPassingName } from '../run/transient-name.js';
import { walkRun } from '../run/walk.js';
import type { Transport } from '../transports/transport.js';
import { filesOf, someOf } from '../verify/run-changes.js';
import { namesOf, type Engine } from './engine.js';
import type { WorkOrder } from './job-task.js';

/** By path, the SHA-256 of each file that a manifest names. */
export type Named = ReadonlyMap<string, string>;

/** What the manifest in the run's record folder names, or `null` where there is none that can be read to its end. */
export async function namedHere(runPath: string): Promise<Named | null> {
  return readSmallFile(join(runPath, MANIFEST_PATH)).then(namedIn, () => null);
}

/** The same of the manifest on the NAS. @throws NasSyncError whatever keeps the NAS from being read */
export async function namedThere(transport: Transport, target: string, signal: AbortSignal): Promise<Named | null> {
  return namedIn(await transport.readMeta(`${target}/${MANIFEST_PATH}`, signal));
}

function namedIn(manifest: Uint8Array | null): Named | null {
  if (manifest === null) return null;
  try {
    return new Map(parseManifest(Buffer.from(manifest).toString('utf8')).map(({ path, sha256 }) => [path, sha256]));
  } catch {
    return null;
  }
}

export function absentFrom(walk: RunWalk, named: Iterable<string>): string[] {
  const here = new Set(filesOf(walk).map(({ path }) => path));
  return [...named].filter((path) => !here.has(path));
}

/** `null` where there is none that can be read: the gate and the push say that in words of their own. */
export const recordHere = (runPath: string): Promise<RunRecord | null> => readRecord(runPath).catch(() => null);

/**
 * Whether the record says `cleaned` rightly: some proven file is not here, or nothing tells what was proven. A run that
 * was brought back whole may be synced anew.
 */
export async function isStillCleaned(
  engine: Engine,
  { jobId, runPath, equipmentId }: Pick<Job, 'jobId' | 'runPath' | 'equipmentId'>,
): Promise<boolean> {
  if ((await recordHere(runPath))?.syncStatus !== 'cleaned') return false;
  const proven = await engine.store.proofs.provenFiles(jobId);
  const names = new Set([...((await namedHere(runPath)) ?? new Map<string, string>()).keys(), ...proven.keys()]);
  const { isVolatile } = namesOf(engine, equipmentId);
  const stable = [...names].filter((path) => !isVolatile(path));
  return names.size === 0 || absentFrom(await walkRun(runPath), stable.length > 0 ? stable : names).length > 0;
}

/**
 * A row of an older queue knows nothing of what was done after it was written: where the record says `cleaned`, its job
 * neither pushes nor deletes. A deletion of its own that was cut off goes on by its own intent.
 * @throws RunLostError
 */
export async function requireNotCleaned({ job, context, bay, engine }: WorkOrder): Promise<void> {
  if (context.releasing !== null || !(await isStillCleaned(engine, job))) return;
  throw new RunLostError(cleanedHere(job.runPath, `${bay.transport.place}/${job.targetPath}`).message);
}

/**
 * A run that this queue never proved, and the NAS's manifest names files of it that are not here: another queue proved
 * them, and they may be the only copies. Asked before anything is written there. What an operator accepted as removed may go.
 * @throws NasSyncError `target_conflict`
 */
export async function requireNoneOnlyThere(
  order: WorkOrder,
  walk: RunWalk,
  { record, isAccepted }: { readonly record: RunRecord; readonly isAccepted: (path: string) => boolean },
): Promise<void> {
  const { job, bay, engine, signal } = order;
  if ((await engine.store.proofs.provenFiles(job.jobId)).size > 0) return;
  const named = await namedThere(bay.transport, job.targetPath, signal);
  const { isData } = bay.names;
  const absent = absentFrom(walk, named?.keys() ?? []).filter((path) => isData(path) && !isAccepted(path));
  if (absent.length === 0) return;
  const there = await bay.transport.readMeta(`${job.targetPath}/${RECORD_PATH}`, signal);
  // Another run's place: what its manifest names is nothing of this one.
  if (runIdIn(there) !== record.runId && runIdIn(there) !== null) return;
  throw partlyHere(job.runPath, `${bay.transport.place}/${job.targetPath}`, absent, 'target_conflict');
}

function runIdIn(record: Uint8Array | null): string | null {
  try {
    const { nas_sync_run_id: id } = JSON.parse(Buffer.from(record ?? []).toString('utf8')) as Record<string, unknown>;
    return typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}

type Code = 'not_allowed' | 'target_conflict';

const back = (runPath: string): string => `\`nas-sync restore ${shellWord(runPath)}\``;

export const cleanedHere = (runPath: string, place: string, code: Code = 'not_allowed', since = ''): NasSyncError =>
  new NasSyncError(
    code,
    `${printable(runPath)} was cleaned here${since}; the only copies may be those on the NAS (${printable(place)}), and nothing is pushed or deleted: run ${back(runPath)} to bring it back, then enqueue it again`,
  );

export const partlyHere = (runPath: string, place: string, absent: readonly string[], code: Code = 'not_allowed') =>
  new NasSyncError(
    code,
    `${printable(runPath)} was proven on the NAS before, and not all of it is here; the only copies of ${someOf(absent)} may be those on the NAS (${printable(place)}): ${wayBack(runPath, absent)}`,
  );

export const wayBack = (runPath: string, absent: readonly string[]): string =>
  hasPassingName(absent)
    ? `some of these are no finished files, so look at them elsewhere first (\`nas-sync restore ${shellWord(runPath)} --to DIR\`)`
    : `run ${back(runPath)} to bring it back, then enqueue it again`;
