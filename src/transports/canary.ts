import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { CANARY_PREFIX } from './transport.js';

const escaped = (text: string): string => text.replaceAll('.', String.raw`\.`);

/** At the target's top, or in the record folder of a run's place. */
const CANARY = new RegExp(`^(?:.+/${escaped(RECORD_FOLDER)}/)?${escaped(CANARY_PREFIX)}[0-9a-f-]{36}$`, 'su');

/**
 * The only removal of a whole place that a transport has. The name is the proof that the place is a canary's.
 * @throws NasSyncError `usage`
 */
export function requireCanary(target: string): void {
  if (CANARY.test(target) && !target.split('/').includes('..')) return;
  throw new NasSyncError('usage', `${printable(target)} is no canary of nas-sync, and is not removed`);
}
