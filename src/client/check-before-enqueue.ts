import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isoTime } from '../clock.js';
import type { Place } from '../config/equipment.js';
import { bayOf, type Bay, type Engine } from '../engine/engine.js';
import {
  absentFrom,
  cleanedHere,
  namedHere,
  namedThere,
  partlyHere,
  recordHere,
  type Named,
} from '../engine/prior-proof.js';
import { NasSyncError } from '../errors.js';
import { contentPath, type FileEntry, type RunWalk } from '../run/entry.js';
import type { NameRules, PathTest } from '../run/name-rules.js';
import { printable } from '../run/printable.js';
import { recordFile } from '../run/record/record-file.js';
import { shellWord } from '../run/shell-quote.js';
import { walkRun } from '../run/walk.js';
import { meetTarget } from '../transports/target-identity.js';
import { sha256Of } from '../verify/hash-local.js';
import { dataPaths, filesOf, someOf } from '../verify/run-changes.js';

/** Never aborted: an enqueue is as long as its run is large. */
const ALWAYS = new AbortController().signal;

/** Why a run must not be queued as it is: it left and nothing of it is here, or what is here is not all that was proven. */
export interface Before {
  readonly is: 'cleaned' | 'conflict';
  readonly error: NasSyncError;
}

/**
 * What the record, and the manifest here or on the NAS, say of a run whose queue was lost, or is older than they are.
 * `null`: nothing keeps it from being queued. Changes nothing. `mayLack`: an operator accepts that the file was removed.
 * @throws NasSyncError `network` and others where only the NAS can tell, and does not
 */
export async function beforeQueue(
  engine: Engine,
  runPath: string,
  { equipment, relativePath }: Place,
  mayLack: PathTest = () => false,
): Promise<Before | null> {
  const status = (await recordHere(runPath))?.syncStatus;
  if (status !== 'cleaned' && status !== 'synced') return null;
  const bay = bayOf(engine, equipment.id);
  const place = `${bay.transport.place}/${relativePath}`;
  const { isVolatile, isExcluded } = bay.names;
  const walk = await walkRun(runPath, { links: equipment.transport.links, isExcluded });
  if (status === 'cleaned' && dataPaths(walk, isVolatile).length === 0) {
    return { is: 'cleaned', error: cleanedHere(runPath, place, 'not_allowed', await since(runPath)) };
  }
  const named = (await namedHere(runPath)) ?? (await askNas(engine, bay, relativePath, status));
  const told = { runPath, place, walk, named, names: bay.names };
  return status === 'cleaned' ? ofCleaned(engine, told) : ofSynced(told, mayLack);
}

function ofSynced(told: Told, mayLack: PathTest): Before | null {
  const { runPath, place, walk, named } = told;
  const absent = absentOf(told).filter((path) => !mayLack(path));
  if (absent.length === 0) return null;
  const isGone = absent.length === named?.size && walk.files === 0;
  return { is: isGone ? 'cleaned' : 'conflict', error: partlyHere(runPath, place, absent) };
}

interface Told {
  readonly runPath: string;
  readonly place: string;
  readonly walk: RunWalk;
  readonly named: Named | null;
  readonly names: NameRules;
}

/** Volatile and excluded names may be named there, and not be here. */
const absentOf = ({ walk, named, names }: Told): string[] => absentFrom(walk, named?.keys() ?? []).filter(names.isData);

async function ofCleaned(engine: Engine, told: Told): Promise<Before | null> {
  const { runPath, place, walk, named, names } = told;
  const unknown = dataPaths(walk, names.isVolatile).filter((path) => named?.has(path) !== true);
  const absent = absentOf(told);
  if (named !== null && absent.length === 0) {
    const files = filesOf(walk).filter(({ path }) => !names.isVolatile(path));
    const other = await otherContent(engine, runPath, files, named);
    return other.length === 0 ? null : { is: 'conflict', error: newInCleaned(runPath, other) };
  }
  if (unknown.length > 0) return { is: 'conflict', error: newInCleaned(runPath, unknown) };
  if (named !== null && filesOf(walk).every(({ path }) => !named.has(path) || names.isVolatile(path))) {
    return { is: 'cleaned', error: cleanedHere(runPath, place, 'not_allowed', await since(runPath)) };
  }
  return { is: 'conflict', error: partlyHere(runPath, place, absent) };
}

async function otherContent(
  engine: Engine,
  runPath: string,
  files: readonly FileEntry[],
  named: Named,
): Promise<string[]> {
  const other: string[] = [];
  for (const file of files) {
    const sha256 = named.get(file.path);
    if (sha256 === undefined) continue;
    const now = await sha256Of(engine.pool, join(runPath, contentPath(file)), file.identity, ALWAYS);
    if (now !== sha256) other.push(file.path);
  }
  return other;
}

/** A run that says `synced` waits for no NAS that does not answer: the push asks again. */
async function askNas(engine: Engine, bay: Bay, target: string, status: string): Promise<Named | null> {
  try {
    const { store, clock } = engine;
    const closed = await meetTarget(bay.transport, store.targets, clock.now(), ALWAYS, { imprint: false });
    if (closed !== null) throw new NasSyncError('network', closed.measured);
    return await namedThere(bay.transport, target, ALWAYS);
  } catch (error) {
    if (status === 'synced') return null;
    throw error;
  }
}

/** The record is last written when a run has left. */
async function since(runPath: string): Promise<string> {
  const written = await stat(recordFile(runPath)).catch(() => null);
  return written === null ? '' : ` on ${isoTime(written.mtimeMs).slice(0, 10)}`;
}

export const newInCleaned = (runPath: string, paths: readonly string[]): NasSyncError =>
  new NasSyncError(
    'not_allowed',
    `${printable(runPath)} is on the NAS and was cleaned here, and holds new data: ${someOf(paths)}; move that to a run folder of its own, or bring the run back first (\`nas-sync restore ${shellWord(runPath)}\`) and enqueue it again`,
  );
