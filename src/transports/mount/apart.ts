import { realpath, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { NasSyncError, systemCode } from '../../errors.js';

/**
 * Refuses a target that is the run, lies inside it, or holds it: such a copy would verify against itself. Folders are
 * compared by device and inode, so that a second mount of the same share is seen through.
 * @throws NasSyncError `wrong_target`
 */
export async function requireApart(source: string, target: string): Promise<void> {
  const [aboveSource, aboveTarget] = await Promise.all([chainOf(source), chainOf(target)]);
  const sourceItself = aboveSource[0];
  const targetItself = aboveTarget[0];
  if (sourceItself !== undefined && aboveTarget.includes(sourceItself)) {
    throw new NasSyncError('wrong_target', `the target ${target} is the run ${source} or lies inside it; mend transport.path`);
  }
  if (targetItself !== undefined && aboveSource.includes(targetItself)) {
    throw new NasSyncError('wrong_target', `the run ${source} lies inside its own target ${target}; mend transport.path`);
  }
}

/** Device and inode of the folder and of each one above it, nearest first; begins with `undefined` where it is not yet made. */
async function chainOf(path: string): Promise<(string | undefined)[]> {
  const chain: (string | undefined)[] = [];
  let current = path;
  for (;;) {
    try {
      if (chain.length === 0) current = await realpath(current);
      const { dev, ino } = await stat(current, { bigint: true });
      chain.push(`${dev}:${ino}`);
    } catch (error) {
      if (systemCode(error) !== 'ENOENT') throw error;
      if (chain.length === 0) chain.push(undefined);
    }
    const above = dirname(current);
    if (above === current) return chain;
    current = above;
  }
}
