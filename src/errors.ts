/** Why a job's work failed. The first group is a person's turn at once; the second backs off and tries again. */
export const TERMINAL_KINDS = [
  'auth',
  'host_key',
  'local_file_vanished',
  'not_configured',
  'target_conflict',
  'wrong_target',
  'source_invalid',
  'crash_loop',
  'cancelled',
] as const;
export const TRANSIENT_KINDS = ['network', 'timeout', 'target_full', 'unknown'] as const;

export type TerminalKind = (typeof TERMINAL_KINDS)[number];
export type TransientKind = (typeof TRANSIENT_KINDS)[number];
/** `hash_mismatch` gets one retry; `tool_missing` closes the lane and fails no job. */
export type ErrorKind = TerminalKind | TransientKind | 'hash_mismatch' | 'tool_missing';

/**
 * Every code that a {@link NasSyncError} can carry: the exit status of the command line for it, and whether the same
 * call may succeed later without anybody changing anything.
 */
export const ERROR_CODES = {
  auth: { exit: 1, retryable: false, means: 'the target or the tool refused our credentials or our right to write' },
  host_key: { exit: 1, retryable: false, means: "the server's host key is not the one that was recorded" },
  local_file_vanished: { exit: 1, retryable: false, means: 'a file of the run is gone from the workstation' },
  not_configured: { exit: 1, retryable: false, means: 'the equipment or its transport is no longer configured' },
  target_conflict: { exit: 1, retryable: false, means: "the run's place on the NAS holds something else" },
  wrong_target: { exit: 1, retryable: false, means: 'the target is not the one that was met at first contact' },
  source_invalid: { exit: 1, retryable: false, means: 'the run holds something that cannot be read or expressed' },
  crash_loop: { exit: 1, retryable: false, means: 'the work was interrupted too many times in a row' },
  cancelled: { exit: 1, retryable: false, means: 'a person cancelled the job' },
  network: { exit: 1, retryable: true, means: 'the target did not answer, or the connection broke' },
  timeout: { exit: 1, retryable: true, means: 'nothing moved for too long' },
  target_full: { exit: 1, retryable: true, means: 'the target has no room left' },
  unknown: { exit: 1, retryable: true, means: 'a failure that has no kind of its own' },
  hash_mismatch: { exit: 4, retryable: false, means: 'the NAS copy is not the same as the run' },
  tool_missing: { exit: 1, retryable: true, means: 'a program that the transport needs is not installed' },
  usage: { exit: 2, retryable: false, means: 'the command or call was not understood' },
  config_invalid: { exit: 2, retryable: false, means: 'the configuration is missing or wrong' },
  run_not_found: { exit: 2, retryable: false, means: 'there is no run folder at this path' },
  run_outside_roots: { exit: 2, retryable: false, means: 'the run lies below no configured local_root' },
  record_missing: { exit: 3, retryable: false, means: 'the run has no run record' },
  record_invalid: { exit: 3, retryable: false, means: 'the run record cannot be read' },
  record_busy: { exit: 5, retryable: true, means: 'another process holds the run record' },
  gate_blocked: { exit: 3, retryable: false, means: 'the gate refused the run' },
  job_not_found: { exit: 2, retryable: false, means: 'the queue holds no such job' },
  job_set_aside: { exit: 1, retryable: false, means: "the job's stored snapshot cannot be read" },
  job_busy: { exit: 5, retryable: true, means: 'another process owns the job' },
  lease_lost: { exit: 5, retryable: true, means: 'ownership of the job went to another process' },
  not_allowed: {
    exit: 1,
    retryable: false,
    means: 'the state of the job, or what stands at the destination, does not allow this',
  },
  store_unavailable: { exit: 1, retryable: true, means: 'the queue database cannot be opened or written' },
  store_newer: { exit: 1, retryable: false, means: 'the queue database was written by a newer release' },
  closed: { exit: 1, retryable: false, means: 'the client is closed' },
} as const satisfies Record<string, { exit: number; retryable: boolean; means: string }>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** How one start of a program went; the same shape whether it did what it should or not. */
export interface ToolRun {
  /** `rclone`, `rsync`, `ssh`. */
  readonly tool: string;
  /** As a person could type it, with every secret taken out. */
  readonly command: string;
  /** `null`: a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  readonly ms: number;
  /** The last lines that it wrote to stderr, safe to print. */
  readonly tail: readonly string[];
}

/** The one error class. `message` is a single line: what, where, and what to do about it. */
export class NasSyncError extends Error {
  readonly code: ErrorCode;
  readonly retryable: boolean;
  /** The program whose failure this is, or `null`. */
  readonly tool: ToolRun | null;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; tool?: ToolRun | null } = {}) {
    super(message, options);
    this.name = 'NasSyncError';
    this.code = code;
    this.retryable = ERROR_CODES[code].retryable;
    this.tool = options.tool ?? null;
  }
}

const JOB_KINDS: ReadonlySet<string> = new Set([
  ...TERMINAL_KINDS,
  ...TRANSIENT_KINDS,
  'hash_mismatch',
  'tool_missing',
]);

const isErrorKind = (code: string): code is ErrorKind => JOB_KINDS.has(code);

/** What a failed piece of work reports to its job: anything that is not ours is `unknown`, and so tried again. */
export function jobError(error: unknown): { kind: ErrorKind; message: string } {
  if (error instanceof NasSyncError && isErrorKind(error.code)) return { kind: error.code, message: error.message };
  const message = error instanceof Error ? error.message : String(error);
  return { kind: 'unknown', message };
}

/** The `code` of a Node system error (`ENOENT`, …), or `undefined`. */
export function systemCode(error: unknown): string | undefined {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

const NO_ROOM: ReadonlySet<string> = new Set(['ENOSPC', 'EDQUOT']);

/** Whether a file system had no room left, or the user's quota is used up. */
export const isDiskFull = (error: unknown): boolean => NO_ROOM.has(systemCode(error) ?? '');

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
