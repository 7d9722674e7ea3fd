import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/printable.js';

/** A line of a file that every rsync on this machine reads. `text` is safe to print. */
export interface OptionAlias {
  readonly file: string;
  readonly text: string;
}

/** As popt reads them: a program, `alias` or `exec`, an option, and what it means. Programs may be patterns. */
const ALIAS = /^\s*(?<program>\S+)\s+(?:alias|exec)\s/u;
const IS_PATTERN = /[*?[\]\\]/u;

function isAlias(line: string): boolean {
  const program = ALIAS.exec(line)?.groups?.['program'];
  return program !== undefined && (program === 'rsync' || IS_PATTERN.test(program));
}

/** popt goes on with the next line after a backslash at the end of one. */
const joined = (text: string): string => text.replaceAll(/\\\r?\n/gu, '');

/**
 * The first alias of an rsync option that no environment keeps out: popt reads `/etc/popt` and `/etc/popt.d/*` before a
 * program sees its options. `null` where there is none.
 * @throws NasSyncError `not_configured` for a file that cannot be read: rsync, run by another user, may read it
 */
export async function findOptionAlias(etc = '/etc'): Promise<OptionAlias | null> {
  const folder = join(etc, 'popt.d');
  const names = (await unlessMissing(readdir(folder), folder)) ?? [];
  for (const file of [join(etc, 'popt'), ...names.sort().map((name) => join(folder, name))]) {
    const text = joined((await unlessMissing(readFile(file, 'utf8'), file)) ?? '');
    const found = text.split('\n').find(isAlias);
    if (found !== undefined) return { file: printable(file), text: printable(found.trim()) };
  }
  return null;
}

export const aliasProblem = ({ file, text }: OptionAlias): string =>
  `${file} gives an rsync option another meaning (${text})`;

/** @throws NasSyncError `not_configured` */
export async function assertNoOptionAlias(etc?: string): Promise<void> {
  const found = await findOptionAlias(etc);
  if (found === null) return;
  throw new NasSyncError('not_configured', `${aliasProblem(found)}; remove that line, then retry`);
}

async function unlessMissing<T>(reading: Promise<T>, file: string): Promise<T | null> {
  try {
    return await reading;
  } catch (error) {
    const code = systemCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return null;
    throw new NasSyncError('not_configured', `${printable(file)} cannot be read (${code ?? String(error)})`, {
      cause: error,
    });
  }
}
