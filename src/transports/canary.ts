import { NasSyncError } from '../errors.js';
import { printable } from '../run/display.js';
import { CANARY_PREFIX } from './transport.js';

const CANARY = new RegExp(`^${CANARY_PREFIX.replaceAll('.', String.raw`\.`)}[0-9a-f-]{36}$`, 'u');

/**
 * The only removal of a whole place that a transport has. The name is the proof that the place is a canary's.
 * @throws NasSyncError `usage`
 */
export function requireCanary(target: string): void {
  if (CANARY.test(target)) return;
  throw new NasSyncError('usage', `${printable(target)} is no canary of nas-sync, and is not removed`);
}
