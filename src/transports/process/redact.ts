import { printable } from '../../run/printable.js';
import { shellWord } from '../../run/shell-quote.js';

const HIDDEN = '[hidden]';
const LONGEST_COMMAND = 2000;

/** A command as a person could type it, for messages and logs, with every secret taken out. */
export function commandLine(tool: string, args: readonly string[], secrets: readonly string[]): string {
  const line = [tool, ...args].map((word) => shellWord(withoutSecrets(word, secrets))).join(' ');
  return line.length > LONGEST_COMMAND ? `${line.slice(0, LONGEST_COMMAND)} …` : line;
}

/** What a tool said, safe to print; a tool may repeat what it was given. */
export const said = (line: string, secrets: readonly string[]): string => printable(withoutSecrets(line, secrets));

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
