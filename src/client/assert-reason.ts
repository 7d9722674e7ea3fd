import { NasSyncError } from '../errors.js';

/** @param what - that cannot be had without one, as the subject of a sentence. @throws NasSyncError `usage` */
export function assertReason(reason: string, what: string): void {
  if (reason.trim() === '') throw new NasSyncError('usage', `${what} needs a reason, which the history keeps`);
}
