import { byCodePoint } from './code-point-order.js';
import { summarizeWalk, type RunWalk } from './entry.js';
import { visitRun, type Found, type VisitOptions } from './visit.js';

export { walkRecordFolder } from './record/record-folder.js';
export type { LinkPolicy } from './visit.js';

/**
 * Everything in the run folder but the run's own top `.exlab-wizard/`, without entering linked folders. What cannot be
 * copied or read is collected in `refused` and left out of `entries`; a refused folder with all that it holds.
 * `mode` of an entry is its permission bits (`0o7777`). Throws as {@link visitRun}.
 */
export async function walkRun(
  root: string,
  { onVisit, ...options }: VisitOptions & { onVisit?: () => void } = {},
): Promise<RunWalk> {
  const found: Found[] = [];
  const keep = (visit: { readonly found: readonly Found[] }): void => {
    for (const item of visit.found) found.push(item);
    onVisit?.();
  };
  await visitRun(root, keep, options);
  return summary(found);
}

function summary(found: readonly Found[]): RunWalk {
  const sorted = found.toSorted((a, b) => byCodePoint(a.path, b.path));
  return summarizeWalk(
    sorted.filter((item) => 'kind' in item),
    sorted.filter((item) => 'reason' in item),
  );
}
