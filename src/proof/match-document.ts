import { resolve } from 'node:path';
import { canonicalRun } from '../config/canonical-path.js';
import { placeOf, type Place } from '../config/equipment.js';
import type { Config } from '../config/schema.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import type { ProofDocument } from './document.js';

/**
 * Makes sure that a document is of the run that somebody named: by its job, by its path, or by the same path below the
 * root of the same equipment, as on another workstation.
 * @throws NasSyncError `usage`
 */
export async function requireSameRun(config: Config, { run, target }: ProofDocument, given: string): Promise<void> {
  if (given === run.jobId) return;
  const path = await canonicalRun(given).catch(() => resolve(given));
  const place = placeIn(config, path);
  const same =
    place === null
      ? path === run.runPath
      : place.equipment.id === run.equipmentId && place.relativePath === target.path;
  if (same) return;
  throw new NasSyncError('usage', `the proof is of ${printable(run.runPath)}, and not of ${printable(path)}`);
}

/** `null`: below no root that is configured here. */
function placeIn(config: Config, path: string): Place | null {
  try {
    return placeOf(config, path);
  } catch (error) {
    if (error instanceof NasSyncError && error.code === 'run_outside_roots') return null;
    throw error;
  }
}
