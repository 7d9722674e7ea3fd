import { readlink } from 'node:fs/promises';
import { isAbsolute, join, posix, sep } from 'node:path';
import { systemCode } from '../errors.js';

/** Linux gives up (ELOOP) at this many; what nobody can follow leads nowhere, like a dangling link. */
const MOST_HOPS = 40;

/**
 * Where a link's text leads, seen from the NAS copy: it `stays` in the run (dangling or not), or `leaves` it, or is
 * `absolute`, which would name a place on this workstation even where that lies inside the run.
 * `path` is the link's own, relative to the run at `top`. Throws system errors of folders that cannot be searched.
 */
export async function whereLinkLeads(
  top: string,
  path: string,
  text: string,
): Promise<'stays' | 'leaves' | 'absolute'> {
  if (isAbsolute(text)) return 'absolute';
  const folder = posix.dirname(path);
  if (leavesAsText(folder, text)) return 'leaves';
  return (await leavesAsFollowed(top, folder, text)) ? 'leaves' : 'stays';
}

/** Tools that judge a link by its text alone (`rsync --safe-links`) must come to the same answer. */
function leavesAsText(folder: string, text: string): boolean {
  const resolved = posix.join(folder, slashed(text));
  return resolved === '..' || resolved.startsWith('../');
}

/**
 * `realpath` would not do: it stops at the first missing part, and so passes `out/missing` where `out` leaves the run.
 */
async function leavesAsFollowed(top: string, folder: string, text: string): Promise<boolean> {
  const at = steps(folder);
  const ahead = steps(text).reverse();
  let hops = 0;
  for (let step = ahead.pop(); step !== undefined; step = ahead.pop()) {
    if (step === '..') {
      if (at.pop() === undefined) return true;
      continue;
    }
    const next = await linkText(join(top, ...at, step));
    if (next === undefined) {
      at.push(step);
      continue;
    }
    hops += 1;
    if (hops > MOST_HOPS) return false;
    if (isAbsolute(next)) return true;
    ahead.push(...steps(next).reverse());
  }
  return false;
}

/** `undefined` for what is no link, or is not there. */
async function linkText(file: string): Promise<string | undefined> {
  try {
    return await readlink(file);
  } catch (error) {
    if (['EINVAL', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG'].includes(systemCode(error) ?? '')) return undefined;
    throw error;
  }
}

const slashed = (text: string): string => text.split(sep).join('/');

const steps = (path: string): string[] =>
  slashed(path)
    .split('/')
    .filter((step) => step !== '' && step !== '.');
