import { stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { canonicalRoots, canonicalRun } from '../config/canonical-path.js';
import { placeOf } from '../config/equipment.js';
import type { Config } from '../config/schema.js';
import { NasSyncError } from '../errors.js';
import { findRuns } from '../gate/find-runs.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { createRecord } from '../run/record/record.js';

/** Folders that hold runs, by the names that instruments give them. */
const SHELF_NAMES: ReadonlySet<string> = new Set(['Runs', 'TestRuns']);

export interface AdoptOptions {
  readonly runKind?: string | undefined;
}

/** A run that has a record now. `record` is its content. */
export interface AdoptedRun {
  readonly runPath: string;
  readonly record: unknown;
}

/**
 * Writes a run record into a run that has none.
 * @throws NasSyncError `run_not_found`, `run_outside_roots`, `not_allowed` for a folder that is no run, and where there is a
 * record already
 */
export async function adoptRun(given: Config, path: string, options: AdoptOptions = {}): Promise<AdoptedRun> {
  const config = await canonicalRoots(given);
  const runPath = await canonicalRun(path);
  const { equipment } = placeOf(config, runPath);
  const { localRoot } = equipment;
  const isShelf = config.equipment.some((one) => join(one.localRoot, one.id) === runPath);
  if (isShelf || SHELF_NAMES.has(basename(runPath))) throw noRun(runPath, 'it holds the runs of an instrument');
  for (let above = dirname(runPath); above.length > localRoot.length; above = dirname(above)) {
    if (await hasRecord(above)) throw noRun(runPath, `it is a part of the run ${printable(above)}`);
  }
  const roots = new Set([runPath]);
  const { runs } = await findRuns({ root: runPath, roots, shelves: roots, isVolatile: () => false });
  for (const below of runs) if (await hasRecord(below)) throw noRun(runPath, `it holds the run ${printable(below)}`);
  const { raw } = await createRecord(runPath, options);
  return { runPath, record: raw };
}

const hasRecord = async (folder: string): Promise<boolean> =>
  (await stat(join(folder, RECORD_FOLDER)).catch(() => null))?.isDirectory() === true;

const noRun = (runPath: string, why: string): NasSyncError =>
  new NasSyncError('not_allowed', `${printable(runPath)} is no run: ${why}; give the folder of one run`);
