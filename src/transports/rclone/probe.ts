import { TOKEN_FILE } from '../target-identity.js';
import { readToken } from '../token-file.js';
import type { TargetProbe } from '../transport.js';
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

/** `null` where the server does not tell. */
export async function freeBytes(rclone: Rclone, signal: AbortSignal): Promise<number | null> {
  const chunks: Buffer[] = [];
  const args = ['about', '--json', rclone.at()];
  const { run } = await rclone.run({ args, signal, onChunk: (chunk) => chunks.push(chunk) });
  if (run.exitCode !== 0) return null;
  try {
    const { free } = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { free?: unknown };
    return typeof free === 'number' ? free : null;
  } catch {
    return null;
  }
}
