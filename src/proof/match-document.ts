import { resolve } from 'node:path';
import { canonicalRun } from '../config/canonical-path.js';
import { placeOf, type Place } from '../config/equipment.js';
import type { Config } from '../config/schema.js';
import type { Bay, Engine } from '../engine/engine.js';
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

/**
 * The way to the NAS that a document speaks of. Nothing is left there, and nothing remembered here: whoever only reads
 * a document from elsewhere must not fix which target this queue takes for the right one.
 * @throws NasSyncError `not_configured`, `wrong_target`, `network`
 */
export async function wayTo(engine: Engine, { run, target }: ProofDocument, signal: AbortSignal): Promise<Bay> {
  const bay = engine.bays.get(run.equipmentId);
  if (bay === undefined) {
    throw new NasSyncError(
      'not_configured',
      `the proof is of equipment ${printable(run.equipmentId)}, which is not in the config; add it`,
    );
  }
  const { place } = bay.transport;
  if (place !== target.place) {
    throw new NasSyncError(
      'wrong_target',
      `the proof is of ${printable(target.place)}, and equipment ${printable(run.equipmentId)} leads to ${printable(place)}`,
    );
  }
  const known = await engine.store.targets.tokenOf(place);
  const { token } = await bay.transport.probe(signal);
  if (token === null) {
    throw new NasSyncError('network', `${printable(place)} carries no identity token; is the share mounted?`);
  }
  if (token !== target.token || (known !== null && token !== known)) {
    throw new NasSyncError(
      'wrong_target',
      `${printable(place)} is another target (token ${token}) than the one of the proof (token ${printable(target.token)})`,
    );
  }
  return bay;
}
