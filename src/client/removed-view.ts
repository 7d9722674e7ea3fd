import { isoTime } from '../clock.js';
import type { Removal } from '../persistence/removal-store.js';

/** A file that left the run before its deletion began. */
export interface RemovedView {
  readonly path: string;
  /** Where the NAS keeps its copy, relative to the run's place; `null` where it held none, or the next push is to move it. */
  readonly setAsideTo: string | null;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Who accepted it; `null` where it was found gone. */
  readonly by: string | null;
  readonly reason: string;
}

export const removedView = ({ path, setAsideTo, at, operator, reason, isDone }: Removal): RemovedView => ({
  path,
  setAsideTo: isDone && setAsideTo !== null ? `${setAsideTo}/${path}` : null,
  at: isoTime(at),
  by: operator,
  reason,
});
