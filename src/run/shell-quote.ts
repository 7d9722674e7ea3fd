import { printable } from './printable.js';

/** A path or text as a POSIX shell takes it for one word, for commands that a person may copy. */
export function shellWord(text: string): string {
  const shown = printable(text);
  return /^[\w@%+=:,./-]+$/.test(shown) ? shown : `'${shown.replaceAll("'", "'\\''")}'`;
}
