import { NasSyncError } from '../../errors.js';
import { flagsAreKnownAt } from '../../run/fs/file-system.js';
import type { Purpose } from '../../transports/process/orphans.js';
import { Toolbox } from '../../transports/process/process-runner.js';

/** `chattr +i` and `+a`: root, too, may remove nothing from such a folder, nor a file that is so. */
export type InodeFlag = 'immutable' | 'append_only';

/** Enough to say what is wrong. */
const MOST = 10_000;
const SILENCE_MS = 60_000;
const LINE = /^(?<flags>[-a-zA-Z]+) (?<path>\/.*)$/u;

interface FlagSearch {
  /** Looked through with all that they hold. */
  readonly trees: readonly string[];
  /** Looked at alone. */
  readonly folders: readonly string[];
  readonly purpose: Purpose;
  readonly signal: AbortSignal;
}

/**
 * What bears a flag, by path. Node has no call for it, and access(2) tells of `+i` only: one `lsattr` streams a whole run. Where
 * there is none, or the file system has no flags, none is found; the deletion itself fails then.
 */
export async function findFlags({ trees, folders, purpose, signal }: FlagSearch): Promise<Map<string, InodeFlag>> {
  const flags = new Map<string, InodeFlag>();
  const onOut = (line: string): void => {
    const { flags: letters = '', path = '' } = LINE.exec(line)?.groups ?? {};
    const flag = letters.includes('i') ? 'immutable' : letters.includes('a') ? 'append_only' : null;
    if (flag === null || path.endsWith('/..')) return;
    flags.set(path.replace(/\/\.$/u, ''), flag);
    if (flags.size >= MOST) throw new EnoughFoundError();
  };
  const tools = new Toolbox(purpose);
  const run = async (options: readonly string[], paths: readonly string[]): Promise<void> => {
    const known = [];
    for (const path of paths) if (await flagsAreKnownAt(path)) known.push(path);
    if (known.length === 0) return;
    const args = [...options, '--', ...known];
    try {
      await tools.run({ tool: 'lsattr', args, target: '', signal, silenceMs: () => SILENCE_MS, onOut });
    } catch (error) {
      signal.throwIfAborted();
      // It is not installed, may not be started, or hangs.
      if (!(error instanceof NasSyncError) && !(error instanceof EnoughFoundError)) throw error;
    }
  };
  await run(['-d'], folders);
  await run(['-R', '-a'], trees);
  return flags;
}

class EnoughFoundError extends Error {}
