import { NasSyncError } from '../errors.js';

/** The run was written to while it was read. No failure of the job: its work is put off until the run rests. */
export class SourceChanged extends Error {}

/** The run, or what must be in it, is gone. A file that goes while the run is read is a {@link SourceChanged} instead. */
export class RunLostError extends NasSyncError {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super('local_file_vanished', message, options);
  }
}
