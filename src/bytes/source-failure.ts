import { NasSyncError, SourceChanged } from '../errors.js';
import { printable } from '../run/printable.js';
import type { FileFailed } from './tasks.js';

/** What a failed read of a local file means for its job. `path` is relative to the run. */
export function sourceFailure(failed: FileFailed, path: string): Error {
  const name = printable(path);
  switch (failed.code) {
    case 'CHANGED':
    case 'ELOOP':
      return new SourceChanged(`${name} changed while it was read`);
    case 'ENOENT':
      return new NasSyncError('local_file_vanished', `${name} is gone from the run`);
    case 'EACCES':
    case 'EPERM':
      return new NasSyncError(
        'source_invalid',
        `${name} may not be read (${failed.code}); fix its permissions, then retry`,
      );
    default:
      return new NasSyncError('unknown', `${name} cannot be read: ${printable(failed.message)}`);
  }
}
