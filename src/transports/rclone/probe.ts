import { setTimeout as sleep } from 'node:timers/promises';
import { TOKEN_FILE } from '../target-identity.js';
import { tokenIn, unreadableToken } from '../token-file.js';
import type { TargetProbe } from '../transport.js';
import { freeBytes } from './free-space.js';
import { requireTop } from './listing.js';
import { readMeta } from './meta.js';
import type { Rclone } from './rclone.js';

const REREAD_MS = 500;

export async function probe(rclone: Rclone, hasTop: boolean, signal: AbortSignal): Promise<TargetProbe> {
  const [token, free] = await Promise.all([
    readToken(rclone, signal),
    freeBytes(rclone, signal),
    hasTop ? requireTop(rclone, signal) : undefined,
  ]);
  return { token, freeBytes: free };
}

async function readToken(rclone: Rclone, signal: AbortSignal): Promise<string | null> {
  for (let look = 0; look < 2; look += 1) {
    const data = await readMeta(rclone, TOKEN_FILE, signal);
    if (data === null) return null;
    const token = tokenIn(Buffer.from(data).toString('utf8'));
    if (token !== null) return token;
    // Another workstation may be writing it.
    await sleep(REREAD_MS, undefined, { signal });
  }
  throw unreadableToken(`rclone:${rclone.at(TOKEN_FILE)}`);
}
