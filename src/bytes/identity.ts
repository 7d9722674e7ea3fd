import type { BigIntStats } from 'node:fs';
import type { FileIdentity } from '../run/entry.js';

/** The coarsest tick of a file system's own clock, on the systems that matter. */
const TICK_MS = 20;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Two writes within one tick leave the same times, so a file that changed a moment ago could change again behind a
 * read without a trace. Blocks until a further write would show; costs nothing for a file that is older.
 */
export function outlastTick(stat: BigIntStats): void {
  const age = Date.now() - Number(stat.ctimeMs);
  if (age >= 0 && age < TICK_MS) Atomics.wait(nobody, 0, 0, TICK_MS - age);
}

export const identityOf = (stat: BigIntStats): FileIdentity => ({
  size: Number(stat.size),
  mtimeNs: String(stat.mtimeNs),
  ctimeNs: String(stat.ctimeNs),
  dev: String(stat.dev),
  ino: String(stat.ino),
});
