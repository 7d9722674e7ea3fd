import { ByteFailure, type BytePool } from '../bytes/byte-pool.js';
import type { FileIdentity } from '../run/entry.js';

const LOCAL_STALL_MS = 10 * 60_000;

/** SHA-256 of the file at `path` if it is this one before and after the read, else `null`. */
export async function sha256Of(
  pool: BytePool,
  path: string,
  identity: FileIdentity,
  signal: AbortSignal,
): Promise<string | null> {
  let sha256: string | null = null;
  try {
    await pool.hashLocal([{ index: 0, path, identity, size: identity.size, hash: 'sha256' }], {
      signal,
      stallMs: LOCAL_STALL_MS,
      onDone: ([done]) => (sha256 = done?.sha256 ?? null),
    });
  } catch (error) {
    if (!(error instanceof ByteFailure)) throw error;
  }
  return sha256;
}
