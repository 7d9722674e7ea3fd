import { printable } from '../../run/printable.js';

const PLAIN = /^[\w@%+=:,./-]+$/;
const HIDDEN = '[hidden]';
const LONGEST_COMMAND = 2000;

const quoted = (word: string): string =>
  PLAIN.test(word) ? word : `'${printable(word).replaceAll("'", String.raw`'\''`)}'`;

/** A command as a person could type it, for messages and logs, with every secret taken out. */
export function commandLine(tool: string, args: readonly string[], secrets: readonly string[]): string {
  const line = [tool, ...args].map((word) => quoted(withoutSecrets(word, secrets))).join(' ');
  return line.length > LONGEST_COMMAND ? `${line.slice(0, LONGEST_COMMAND)} …` : line;
}

/** What a tool said, safe to print; a tool may repeat what it was given. */
export const said = (line: string, secrets: readonly string[]): string => printable(withoutSecrets(line, secrets));

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets.filter((secret) => secret !== '').reduce((rest, secret) => rest.replaceAll(secret, HIDDEN), text);
