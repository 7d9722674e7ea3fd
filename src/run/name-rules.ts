import picomatch from 'picomatch';

/** Tells of a path of a run, relative to it. What holds for a folder holds for all below it. */
export type PathTest = (path: string) => boolean;

/** Which names of a run are not like its other data. Both are false of most paths; no path is both. */
export interface NameRules {
  /** Desktops and storage systems write it by themselves: it is copied, and what becomes of it is never damage. */
  readonly isVolatile: PathTest;
  /** It is no part of the run: neither pushed nor proven nor deleted. */
  readonly isExcluded: PathTest;
  /** Neither: what must be on both sides, and is damage where it is not. */
  readonly isData: PathTest;
  /** The patterns behind `isVolatile`, for tools that list. */
  readonly volatile: readonly string[];
}

export const EVERY_NAME_IS_DATA: NameRules = {
  isVolatile: () => false,
  isExcluded: () => false,
  isData: () => true,
  volatile: [],
};

/** Volatile names are compared without regard to case, as the systems that write them do. */
export function nameRulesOf({
  volatile,
  exclude,
}: {
  readonly volatile: readonly string[];
  readonly exclude: readonly string[];
}): NameRules {
  const isExcluded = pathTest(exclude, false);
  const matchesVolatile = pathTest(volatile, true);
  return {
    isVolatile: (path) => matchesVolatile(path) && !isExcluded(path),
    isExcluded,
    isData: (path) => !matchesVolatile(path) && !isExcluded(path),
    volatile,
  };
}

/**
 * A pattern without `/` is compared with each name on the path; one with `/`, with the path from the run's top and each
 * folder on the way. `*` and `?` stand for characters of one name, `**` for any number of folders.
 */
export function pathTest(patterns: readonly string[], nocase: boolean): PathTest {
  if (patterns.length === 0) return () => false;
  const options = { dot: true, nonegate: true, nobrace: true, noextglob: true, windows: false, nocase };
  const inNames = patterns.filter((pattern) => !pattern.includes('/'));
  const inPaths = patterns.filter((pattern) => pattern.includes('/'));
  const isName = inNames.length > 0 ? picomatch(inNames, options) : () => false;
  const isPath = inPaths.length > 0 ? picomatch(inPaths, options) : () => false;
  // A run names the same folders for thousands of files.
  const known = new Map<string, boolean>();
  const test = (path: string): boolean => {
    const cut = path.lastIndexOf('/');
    if (isName(path.slice(cut + 1)) || isPath(path)) return true;
    if (cut === -1) return false;
    const folder = path.slice(0, cut);
    const before = known.get(folder);
    if (before !== undefined) return before;
    const found = test(folder);
    if (known.size >= MOST_FOLDERS_KEPT) known.clear();
    known.set(folder, found);
    return found;
  };
  return test;
}

const MOST_FOLDERS_KEPT = 10_000;
