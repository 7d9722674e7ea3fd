import { unlink } from 'node:fs/promises';
import { capKiBps } from '../config/bandwidth.js';
import type { Engine } from '../engine/engine.js';
import { meet } from '../engine/reach-target.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import type { TransferProgress } from '../transports/transport.js';
import { hashEach, type Hashable } from '../verify/hash-local.js';
import { thereAt } from './compare-destination.js';
import type { ExpectedFile } from './expected.js';
import type { RunToRestore } from './resolve-run.js';
import type { Staging } from './staging.js';

/** What every way to a NAS may answer for a file that is not there. */
const MAY_BE_MISSING: ReadonlySet<string> = new Set(['network', 'target_conflict', 'local_file_vanished']);

export interface Hauling {
  readonly engine: Engine;
  readonly run: RunToRestore;
  readonly staging: Staging;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: TransferProgress) => void;
  /** They have arrived, and are what they should be. */
  readonly onRight: (files: readonly ExpectedFile[]) => Promise<void>;
  /** The copy on the NAS is another. */
  readonly onWrong: (files: readonly ExpectedFile[]) => void;
  readonly onMissing: (files: readonly ExpectedFile[]) => void;
}

interface Sifted {
  readonly right: readonly ExpectedFile[];
  readonly wrong: readonly ExpectedFile[];
  readonly absent: readonly ExpectedFile[];
}

/** Fetches files batch by batch, and compares what arrives. @throws what the transport does */
export async function haul(files: readonly ExpectedFile[], hauling: Hauling): Promise<void> {
  for (const batch of batchesOf(files)) await bring(batch, hauling);
}

/** Transports fail as a whole over a file that is not there: what did not come is asked for again, in halves. */
async function bring(files: readonly ExpectedFile[], hauling: Hauling, isLast = false): Promise<void> {
  const failure = await fetched(files, hauling);
  const { right, wrong, absent } = await sift(files, hauling);
  await hauling.onRight(right);
  await discard(wrong, hauling.staging);
  if (failure === null) {
    hauling.onWrong(wrong);
    hauling.onMissing(absent);
    return;
  }
  const rest = [...wrong, ...absent];
  if (rest.length === 0) return;
  await requireMissing(failure, hauling);
  if (isLast && wrong.length > 0) throw failure;
  if (isLast) {
    hauling.engine.logger.warn({ error: failure }, `${printable(files[0]?.path ?? '')} does not come from the NAS`);
    hauling.onMissing(absent);
  } else if (rest.length === 1 || right.length > 0) {
    await bring(rest, hauling, rest.length === 1);
  } else {
    const half = Math.ceil(rest.length / 2);
    await bring(rest.slice(0, half), hauling);
    await bring(rest.slice(half), hauling);
  }
}

/** `null` where nothing failed. */
async function fetched(files: readonly ExpectedFile[], hauling: Hauling): Promise<Error | null> {
  const { engine, run, staging, signal, onProgress } = hauling;
  try {
    await run.bay.transport.fetch({
      target: run.targetPath,
      paths: files.map(({ path }) => path),
      into: staging.path,
      capKiBps: () => capKiBps(run.bay.equipment.transport.bandwidth, new Date(engine.clock.now())),
      signal,
      onProgress,
    });
    return null;
  } catch (error) {
    signal.throwIfAborted();
    return error as Error;
  }
}

/** A NAS that went away misses everything: only one that answers can be asked for a single file. */
async function requireMissing(failure: Error, { engine, run, signal }: Hauling): Promise<void> {
  if (!(failure instanceof NasSyncError) || !MAY_BE_MISSING.has(failure.code)) throw failure;
  await meet(engine, run.bay, signal);
}

async function sift(files: readonly ExpectedFile[], { engine, staging, signal }: Hauling): Promise<Sifted> {
  const readable: Hashable<ExpectedFile>[] = [];
  const absent: ExpectedFile[] = [];
  for (const item of files) {
    const file = await staging.at(item.path);
    const stats = await thereAt(file);
    if (stats?.isFile() === true) readable.push({ item, file, name: item.path, stats });
    else absent.push(item);
  }
  const hashes = await hashEach(readable, engine.pool, { signal });
  const isRight = (file: ExpectedFile): boolean => hashes.get(file) === file.sha256;
  const came = readable.map(({ item }) => item);
  return { right: came.filter(isRight), wrong: came.filter((file) => !isRight(file)), absent };
}

/** Not every tool writes over what an earlier try left. */
async function discard(files: readonly ExpectedFile[], staging: Staging): Promise<void> {
  for (const { path } of files) await unlink(await staging.at(path));
}

const MOST_BYTES = 256 * 1024 ** 2;
const MOST_FILES = 500;
/** Where only a manifest tells of a file. */
const PRESUMED_BYTES = 1024 ** 2;

/** Small enough that an interruption costs little, large enough that starting a tool does not count. */
function* batchesOf(files: readonly ExpectedFile[]): Generator<readonly ExpectedFile[]> {
  let batch: ExpectedFile[] = [];
  let bytes = 0;
  for (const file of files) {
    batch.push(file);
    bytes += file.size ?? PRESUMED_BYTES;
    if (batch.length < MOST_FILES && bytes < MOST_BYTES) continue;
    yield batch;
    batch = [];
    bytes = 0;
  }
  if (batch.length > 0) yield batch;
}
