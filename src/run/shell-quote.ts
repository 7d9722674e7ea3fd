import { printable } from './printable.js';

/** A path or text as a POSIX shell takes it for one word, for commands that a person may copy. */
export function shellWord(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}

/** One word for a POSIX shell, whatever it holds. The login shell may be none. */
export const quote = (word: string): string => `'${word.replaceAll("'", String.raw`'\''`)}'`;
