import type nodePath from 'node:path';
import type { RunToValidate } from '../validator.js';
import type { NameFacts, RunFacts } from './rule.js';

/** `node:path` of the system whose paths these are. */
export type PathLogic = Pick<
  typeof nodePath.posix,
  'basename' | 'dirname' | 'isAbsolute' | 'join' | 'parse' | 'relative' | 'sep'
>;

/**
 * The folders from below the root down to the run, which is the last. A root that is not above the run does not count:
 * then they begin below the drive, the UNC share or `/`.
 */
export function wayTo({ runPath, root }: Pick<RunToValidate, 'runPath' | 'root'>, path: PathLogic): NameFacts[] {
  const tops = [root, path.parse(runPath).root].map((top) => ({ top, names: namesBelow(top, runPath, path) }));
  const { top = root, names } = tops.find((one) => one.names !== null) ?? {};
  return (names ?? []).map((name, index, all) => folder(name, path.join(top, ...all.slice(0, index + 1))));
}

export function runFacts({ runPath, record }: RunToValidate, path: PathLogic): RunFacts {
  const above = path.dirname(runPath);
  return { record, leaf: folder(path.basename(runPath), runPath), parent: folder(path.basename(above), above) };
}

const folder = (name: string, path: string): NameFacts => ({ name, path, kind: 'folder' });

function namesBelow(root: string, runPath: string, path: PathLogic): string[] | null {
  const way = path.relative(root, runPath);
  const names = way.split(path.sep).filter((name) => name !== '');
  return path.isAbsolute(way) || names[0] === '..' ? null : names;
}
