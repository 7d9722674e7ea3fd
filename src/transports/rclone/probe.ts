import { TOKEN_FILE } from '../target-identity.js';
import { readToken } from '../token-file.js';
import type { TargetProbe } from '../transport.js';
import { freeBytes } from './free-space.js';
import { requireTop } from './list.js';
import { readMeta } from './metadata.js';
import type { Rclone } from './rclone.js';

export async function probe(rclone: Rclone, hasTop: boolean, signal: AbortSignal): Promise<TargetProbe> {
  const [token, free] = await Promise.all([
    readToken(() => readMeta(rclone, TOKEN_FILE, hasTop, signal), `rclone:${rclone.at(TOKEN_FILE)}`, signal),
    freeBytes(rclone, signal),
    hasTop ? requireTop(rclone, signal) : undefined,
  ]);
  return { token, freeBytes: free };
}
