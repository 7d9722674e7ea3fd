import { ByteFailure } from '../bytes/byte-pool.js';
import type { FileIdentity } from '../run/entry.js';
import type { Engine } from './engine.js';

const LOCAL_STALL_MS = 10 * 60_000;

/** SHA-256 of the file at `path` if it is this one before and after the read, else `null`. */
export async function sha256Of(
  engine: Pick<Engine, 'pool'>,
  path: string,
  identity: FileIdentity,
  signal: AbortSignal,
): Promise<string | null> {
  let sha256: string | null = null;
  try {
    await engine.pool.hashLocal([{ index: 0, path, identity, size: identity.size, hash: 'sha256' }], {
      signal,
      stallMs: LOCAL_STALL_MS,
      onDone: ([done]) => (sha256 = done?.sha256 ?? null),
    });
  } catch (error) {
    if (!(error instanceof ByteFailure)) throw error;
  }
  return sha256;
}
