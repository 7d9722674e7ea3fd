import { printable } from '../../run/printable.js';

const MOST_SHOWN = 80;

/** A path or name, in quotes. */
export const quoted = (name: string): string => `"${printable(name)}"`;

/** A piece of text that may be long. */
export function excerpt(text: string): string {
  const shown = [...text.slice(0, 2 * MOST_SHOWN)];
  return shown.length <= MOST_SHOWN ? quoted(text) : `"${printable(shown.slice(0, MOST_SHOWN).join(''))}…"`;
}
