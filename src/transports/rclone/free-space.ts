import type { Rclone } from './rclone.js';

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
