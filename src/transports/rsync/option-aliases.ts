import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/display.js';

/** A line of a file that every rsync on this machine reads. `text` is safe to print. */
export interface OptionAlias {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly text: string;
}

/** As popt reads them: the name of the program, `alias` or `exec`, an option, and what it means. */
const ALIAS = /^\s*rsync\s+(?:alias|exec)\s/u;

/**
 * The first alias of an rsync option that no environment keeps out: popt reads `/etc/popt` and `/etc/popt.d/*` before a
 * program sees its options. `null` where there is none.
 * @throws NasSyncError `not_configured` for a file that cannot be read: rsync, run by another user, may read it
 */
export async function findOptionAlias(etc = '/etc'): Promise<OptionAlias | null> {
  const folder = join(etc, 'popt.d');
  const names = (await unlessMissing(readdir(folder), folder)) ?? [];
  for (const file of [join(etc, 'popt'), ...names.sort().map((name) => join(folder, name))]) {
    const lines = ((await unlessMissing(readFile(file, 'utf8'), file)) ?? '').split('\n');
    const index = lines.findIndex((line) => ALIAS.test(line));
    if (index >= 0) return { file: printable(file), line: index + 1, text: printable((lines[index] ?? '').trim()) };
  }
  return null;
}

export const aliasProblem = ({ file, line, text }: OptionAlias): string =>
  `${file}:${line} gives an rsync option another meaning (${text})`;

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
