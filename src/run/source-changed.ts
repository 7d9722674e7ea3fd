import { NasSyncError } from '../errors.js';

/** The run was written to while it was read. No failure of the job: its work is put off until the run rests. */
export class SourceChanged extends Error {}

const OF_ONE_FILE: ReadonlySet<string> = new Set(['local_file_vanished', 'source_invalid']);

/** Trouble of a local file alone: it moved, went, or cannot be read. */
export const isSourceTrouble = (error: unknown): boolean =>
  error instanceof SourceChanged || (error instanceof NasSyncError && OF_ONE_FILE.has(error.code));

/** The run, or what must be in it, is gone. A file that goes while the run is read is a {@link SourceChanged} instead. */
export class RunLostError extends NasSyncError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('local_file_vanished', message, options);
  }
}
