import { NasSyncError } from '../errors.js';
import { printable } from '../run/display.js';

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
