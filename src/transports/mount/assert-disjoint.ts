import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';
import { printable } from '../../run/printable.js';

/**
 * Refuses a target that is the run, lies inside it, or holds it: such a copy would verify against itself. Folders are
 * compared by device and inode, so that a second mount of the same share is seen through.
 * @throws NasSyncError `wrong_target`
 */
export async function requireApart(source: string, target: string): Promise<void> {
  const [aboveSource, aboveTarget] = await Promise.all([chainOf(source), chainOf(target)]);
  const [sourceItself = null] = aboveSource;
  const [targetItself = null] = aboveTarget;
  if (sourceItself !== null && aboveTarget.includes(sourceItself)) {
    throw new NasSyncError(
      'wrong_target',
      `the target ${printable(target)} is the run itself or lies inside it; fix transport.path`,
    );
  }
  if (targetItself !== null && aboveSource.includes(targetItself)) {
    throw new NasSyncError(
      'wrong_target',
      `the run ${printable(source)} lies inside its own target; fix transport.path`,
    );
  }
}

/** Device and inode of the folder and of each one above it, nearest first; begins with `null` where it is not made yet. */
async function chainOf(path: string): Promise<(string | null)[]> {
  const { real, made } = await nearestMade(path);
  const chain: (string | null)[] = made ? [] : [null];
  for (let current = real; ; current = dirname(current)) {
    const { dev, ino } = await stat(current, { bigint: true });
    chain.push(`${dev}:${ino}`);
    if (dirname(current) === current) return chain;
  }
}

/** Without links from there up: a link on the way would hide the folders above what it leads to. */
async function nearestMade(path: string): Promise<{ real: string; made: boolean }> {
  for (let current = path, made = true; ; current = dirname(current), made = false) {
    try {
      return { real: await realpath(current), made };
    } catch (error) {
      if (systemCode(error) !== 'ENOENT' || dirname(current) === current) throw error;
    }
  }
}
