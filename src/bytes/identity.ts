import type { BigIntStats } from 'node:fs';
import type { FileIdentity } from '../run/entry.js';

/** The kernel's tick, and that of file systems which keep whole seconds only (ext3, HFS+) or two (FAT). */
const TICK_MS = 20;
const COARSE_TICK_MS = 2100;
const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Two writes within one tick leave the same times: a file that changed a moment ago could change again behind a read
 * without a trace. Blocks, before the read, until a further write would show; costs nothing for a file that is older.
 */
export function outlastTick(stat: BigIntStats): void {
  const tick = stat.ctimeNs % 1_000_000_000n === 0n ? COARSE_TICK_MS : TICK_MS;
  const age = Date.now() - Number(stat.ctimeMs);
  // A time in the future comes from a server whose clock is ahead: nothing can be told from it but that a tick must pass.
  if (age < tick) Atomics.wait(nobody, 0, 0, Math.min(tick, tick - age));
}

export const identityOf = (stat: BigIntStats): FileIdentity => ({
  size: Number(stat.size),
  mtimeNs: String(stat.mtimeNs),
  ctimeNs: String(stat.ctimeNs),
  dev: String(stat.dev),
  ino: String(stat.ino),
});
