import { errorStatusOf } from './exit-status.js';
import type { Session } from './session.js';

/** Acts on each run. One run's trouble does not keep the others waiting: it is said, and its exit status is kept. */
export async function forEachRun(
  session: Session,
  runs: readonly string[],
  act: (run: string) => Promise<void>,
): Promise<number[]> {
  const errors: number[] = [];
  for (const run of runs) {
    session.signal.throwIfAborted();
    try {
      await act(run);
    } catch (error) {
      session.signal.throwIfAborted();
      session.complain(error instanceof Error ? error.message : String(error));
      errors.push(errorStatusOf(error));
    }
  }
  return errors;
}
