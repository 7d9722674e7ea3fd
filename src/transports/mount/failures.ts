import { ByteFailure } from '../../bytes/byte-pool.js';
import { sourceFailure } from '../../bytes/source-failure.js';
import type { FileFailed } from '../../bytes/tasks.js';
import { failureOnTarget } from '../target-failure.js';

/** A byte worker's failure, as the job sees it. `nameOf` gives the path within the run. */
export function byteFailure(error: unknown, nameOf: (failed: FileFailed) => string): unknown {
  if (!(error instanceof ByteFailure)) return error;
  const { failed } = error;
  if (failed.side === 'source') return sourceFailure(failed, nameOf(failed));
  return failureOnTarget(failed.code, failed.message, nameOf(failed), { cause: error });
}
