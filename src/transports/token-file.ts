import { setTimeout as sleep } from 'node:timers/promises';
import { NasSyncError } from '../errors.js';
import { printable } from '../run/printable.js';

/** The identity token as it lies on the target. */
export const tokenText = (token: string): string =>
  `${JSON.stringify({ token, about: 'nas-sync knows this target by this token; do not copy or remove it' }, null, 2)}\n`;

/** The token that a text holds, or `null` if it is none, or not whole. */
export function tokenIn(text: string): string | null {
  try {
    const { token } = JSON.parse(text) as { token?: unknown };
    return typeof token === 'string' && token !== '' ? token : null;
  } catch {
    return null;
  }
}

export const unreadableToken = (file: string): NasSyncError =>
  new NasSyncError(
    'wrong_target',
    `${printable(file)} cannot be read as an identity token; restore it, or remove it for a new first contact`,
  );

const REREAD_MS = 500;

/**
 * The token in a file that may be written in this moment by another workstation, which not every target shows whole at
 * once: what cannot be read is read again. `null`: there is no file.
 */
export async function readToken(
  read: () => Promise<Uint8Array | null>,
  file: string,
  signal?: AbortSignal,
): Promise<string | null> {
  for (let look = 0; ; look += 1) {
    const data = await read();
    if (data === null) return null;
    const token = tokenIn(Buffer.from(data).toString('utf8'));
    if (token !== null) return token;
    if (look === 1) throw unreadableToken(file);
    await sleep(REREAD_MS, undefined, { signal });
  }
}
