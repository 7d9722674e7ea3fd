import type { Bay, Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import type { ProofDocument } from './document.js';

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
