import { ByteFailure } from '../../bytes/byte-pool.js';
import type { FileFailed } from '../../bytes/outcome.js';
import { NasSyncError, systemCode, type ErrorKind } from '../../errors.js';
import { sourceFailure } from '../../bytes/source-failure.js';
import { printable } from '../../run/display.js';

interface Meaning {
  readonly kind: ErrorKind;
  readonly says: string;
}

const network = (says: string): Meaning => ({ kind: 'network', says });

/** What a system error on the target's side means for the job. */
const TARGET_CODES: Readonly<Record<string, Meaning>> = {
  ENOSPC: { kind: 'target_full', says: 'the target is full; make room there' },
  EDQUOT: { kind: 'target_full', says: 'the quota on the target is used up; make room there' },
  EROFS: { kind: 'auth', says: 'the target is read-only; mount it for writing, then retry' },
  EACCES: { kind: 'auth', says: 'the target does not let this user in; mend its permissions, then retry' },
  EPERM: { kind: 'auth', says: 'the target does not permit this; mend its permissions, then retry' },
  ENAMETOOLONG: { kind: 'source_invalid', says: 'the name is too long for the target; shorten it in the run' },
  EILSEQ: { kind: 'source_invalid', says: 'the target cannot hold this name; rename it in the run' },
  EFBIG: { kind: 'source_invalid', says: 'the target cannot hold a file of this size' },
  EISDIR: { kind: 'target_conflict', says: 'a folder stands on the target where the run has a file; move it away' },
  ENOTDIR: { kind: 'target_conflict', says: 'a file stands on the target where the run has a folder; move it away' },
  ELOOP: { kind: 'target_conflict', says: 'a symbolic link stands in the way on the target; remove it' },
  ENOENT: network('the place is gone from the target; is the share still mounted?'),
  ENOTCONN: network('the share is not connected'),
  EHOSTDOWN: network('the NAS is down'),
  EHOSTUNREACH: network('the NAS cannot be reached'),
  ETIMEDOUT: network('the NAS did not answer in time'),
  ESTALE: network('the share was replaced on the server; mount it anew'),
  EIO: network('the share gave an input/output error'),
};

/** A system error on the target, as the job sees it. */
export function targetFailure(error: unknown, place: string): Error {
  if (error instanceof NasSyncError) return error;
  return meaning(systemCode(error) ?? '', (error as Error).message, place, error);
}

/** A byte worker's failure, as the job sees it. `nameOf` gives the path within the run. */
export function byteFailure(error: unknown, nameOf: (failed: FileFailed) => string): unknown {
  if (!(error instanceof ByteFailure)) return error;
  const { failed } = error;
  if (failed.side === 'source') return sourceFailure(failed, nameOf(failed));
  return meaning(failed.code, failed.message, nameOf(failed), error);
}

function meaning(code: string, message: string, where: string, cause: unknown): NasSyncError {
  const known = TARGET_CODES[code];
  if (known === undefined) return new NasSyncError('unknown', `${printable(where)}: ${printable(message)}`, { cause });
  return new NasSyncError(known.kind, `${printable(where)}: ${known.says} (${code})`, { cause });
}
