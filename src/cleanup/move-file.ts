import { link, lstat, readlink, rename, symlink, unlink } from 'node:fs/promises';
import { systemCode } from '../errors.js';

/** Which file or link it is, whatever its name. */
export interface Same {
  readonly dev: string;
  readonly ino: string;
}

export type Taken = { readonly at: string; readonly reason: null } | { readonly at: null; readonly reason: string };

/**
 * Takes what stands at `held` away to `at`, in one step: between a last look and an unlink somebody may give its name to
 * another file. What was taken and is not the expected one goes back.
 */
export async function take(at: string, held: string, expected: Same): Promise<Taken> {
  const waiting = await sameOf(at);
  if (waiting !== null && !isSame(waiting, expected)) {
    return { at: null, reason: 'another of its name waits in the record folder' };
  }
  // Two names of one file, left by a move that was cut off: a rename between them would do nothing.
  if (waiting !== null) await unlink(at);
  try {
    await rename(held, at);
  } catch (error) {
    if (systemCode(error) !== 'EXDEV') throw error;
    return { at: null, reason: 'it is on another file system than the record folder of its run: move it there' };
  }
  const taken = await sameOf(at);
  if (taken !== null && isSame(taken, expected)) return { at, reason: null };
  const back = await putBack(at, held);
  return {
    at: null,
    reason: back ? 'it changed while it was looked at' : 'another took its name; it is in the record folder',
  };
}

/** `false` where something stands there by now. */
export async function putBack(at: string, held: string): Promise<boolean> {
  try {
    await moveNew(at, held);
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/**
 * `rename` would replace what stands there, and do nothing at all to two names of one file; a hard link refuses. A link is
 * made anew: not every system gives one a second name.
 */
export async function moveNew(from: string, to: string): Promise<void> {
  const stats = await lstat(from, { bigint: true });
  try {
    await (stats.isSymbolicLink() ? symlink(await readlink(from), to) : link(from, to));
  } catch (error) {
    const there = await lstat(to, { bigint: true }).catch(() => null);
    if (there === null) return rename(from, to);
    // A process died between the two: the file has both names.
    if (there.dev !== stats.dev || there.ino !== stats.ino) {
      if (!stats.isSymbolicLink() || (await readlink(to).catch(() => null)) !== (await readlink(from))) throw error;
    }
  }
  await unlink(from);
}

async function sameOf(path: string): Promise<Same | null> {
  const stats = await lstat(path, { bigint: true }).catch((error: unknown) => {
    if (systemCode(error) === 'ENOENT') return null;
    throw error;
  });
  return stats === null ? null : { dev: String(stats.dev), ino: String(stats.ino) };
}

const isSame = (a: Same, b: Same): boolean => a.dev === b.dev && a.ino === b.ino;
