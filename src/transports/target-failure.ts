import { NasSyncError, systemCode, type ErrorKind, type ToolRun } from '../errors.js';
import { printable } from '../run/printable.js';

interface Meaning {
  readonly kind: ErrorKind;
  readonly says: string;
}

const network = (says: string): Meaning => ({ kind: 'network', says });

/** What a system error on the target's side means for the job. */
const MEANINGS: Readonly<Record<string, Meaning>> = {
  ENOSPC: { kind: 'target_full', says: 'the target is full; make room there' },
  EDQUOT: { kind: 'target_full', says: 'the quota on the target is used up; make room there' },
  EROFS: { kind: 'auth', says: 'the target is read-only; mount it for writing, then retry' },
  EACCES: { kind: 'auth', says: 'the target does not let this user in; fix its permissions, then retry' },
  EPERM: { kind: 'auth', says: 'the target does not permit this; fix its permissions, then retry' },
  ENAMETOOLONG: { kind: 'source_invalid', says: 'the name is too long for the target; shorten it in the run' },
  EILSEQ: { kind: 'source_invalid', says: 'the target cannot hold this name; rename it in the run' },
  EFBIG: { kind: 'source_invalid', says: 'the target cannot hold a file of this size' },
  EISDIR: { kind: 'target_conflict', says: 'a folder stands on the target where the run has a file; move it away' },
  ENOTDIR: { kind: 'target_conflict', says: 'a file stands on the target where the run has a folder; move it away' },
  ENOTEMPTY: {
    kind: 'target_conflict',
    says: 'a folder that is not empty stands in the way on the target; move it away',
  },
  ELOOP: { kind: 'target_conflict', says: 'a symbolic link stands in the way on the target; remove it' },
  ENOENT: network('the place is gone from the target; is the share still mounted?'),
  ENOTCONN: network('the share is not connected'),
  EHOSTDOWN: network('the NAS is down'),
  EHOSTUNREACH: network('the NAS cannot be reached'),
  ETIMEDOUT: network('the NAS did not answer in time'),
  ESTALE: network('the share was replaced on the server; mount it anew'),
  EIO: network('the target gave an input/output error'),
};

/**
 * Whether a system error may be about a name that the target refuses, and not about the target: each file system has its
 * own word for that. exFAT and Samba's vetoed names answer ENOENT, NTFS EINVAL, others EIO or EPERM.
 */
export const mayBeOfName = (code: string): boolean => !(code in MEANINGS) || AMBIGUOUS.has(code);

const AMBIGUOUS: ReadonlySet<string> = new Set(['ENOENT', 'EIO', 'EACCES', 'EPERM']);

/** A name that the target refuses while it takes others. */
export const refusedName = (path: string, name: string, code: string, origin: Origin = {}): NasSyncError =>
  new NasSyncError(
    'source_invalid',
    `${printable(path)}: the target takes other names, but not "${printable(name)}"; rename it in the run, then retry (${printable(code)})`,
    origin,
  );

/** How the C library words them in the C locale, which is what programs print. */
const CODES: Readonly<Record<string, string>> = {
  'No space left on device': 'ENOSPC',
  'Disk quota exceeded': 'EDQUOT',
  'Read-only file system': 'EROFS',
  'Permission denied': 'EACCES',
  'Operation not permitted': 'EPERM',
  'File name too long': 'ENAMETOOLONG',
  'Invalid or incomplete multibyte or wide character': 'EILSEQ',
  'File too large': 'EFBIG',
  'Is a directory': 'EISDIR',
  'Not a directory': 'ENOTDIR',
  'Directory not empty': 'ENOTEMPTY',
  'Too many levels of symbolic links': 'ELOOP',
  'No such file or directory': 'ENOENT',
  'Transport endpoint is not connected': 'ENOTCONN',
  'Stale file handle': 'ESTALE',
  'Input/output error': 'EIO',
};

/**
 * The system error that ends a line of a program's own words, as `cat: 'x': Permission denied` does. Only the end
 * counts: what stands before it may be a file's name, and names may say anything.
 */
export function codeAtEnd(line: string): string | null {
  const reason = /: (?<reason>[^:]+?)(?: \(\d+\))?$/u.exec(line)?.groups?.['reason'];
  return reason === undefined ? null : (CODES[reason] ?? null);
}

interface Origin {
  readonly cause?: unknown;
  readonly tool?: ToolRun | null;
}

/** A failure on the target as its job sees it. `message` is shown only where the code has no meaning of its own. */
export function failureOnTarget(code: string, message: string, where: string, origin: Origin = {}): NasSyncError {
  const known = MEANINGS[code];
  const place = printable(where);
  if (known === undefined) return new NasSyncError('unknown', `${place}: ${printable(message)}`, origin);
  return new NasSyncError(known.kind, `${place}: ${known.says} (${code})`, origin);
}

/** A system error of ours on a mounted target, as the job sees it. */
export function targetFailure(error: unknown, where: string): Error {
  if (error instanceof NasSyncError) return error;
  return failureOnTarget(systemCode(error) ?? '', (error as Error).message, where, { cause: error });
}
