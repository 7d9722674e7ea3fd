import { NasSyncError, SourceChanged } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { LOCAL, TARGET, type Meaning } from './error-patterns.js';
import type { LogLine } from './log.js';
import type { Outcome } from './rclone.js';

/** Servers say no more than this when they are full, read-only, or have any other trouble. */
const NO_REASON = /(?:SSH_FX_FAILURE\)|405 Method Not Allowed|5\d\d Internal Server Error)$/u;

const TEMPORARY = 5;

export interface Where {
  /** What to name where no file is to blame. */
  readonly place: string;
  /** Texts that may hold a file's name: taken out before the message is judged. */
  readonly paths?: readonly string[];
  /** The run's name for what rclone calls so. */
  readonly nameOf?: (object: string) => string;
}

/** Whether all that failed is that nothing of this name is there. */
export const isMissing = ({ run, complaints }: Outcome): boolean =>
  run.exitCode === 3 && complaints.every(({ message }) => /(?:directory|object) not found(?:$|; )/u.test(message));

/** Whether the target gave no reason that could be told from others. */
export const hasNoReason = ({ complaints }: Outcome): boolean =>
  complaints.some(({ message }) => NO_REASON.test(message));

/** A call that failed, as its job sees it. */
export function failureOf(outcome: Outcome, where: Where): Error {
  const { complaints, run } = outcome;
  for (const table of [LOCAL, TARGET]) {
    for (const line of complaints) {
      const found = table.find(({ end }) => end.test(ownWords(line, where)));
      if (found !== undefined) return failure(found, line, outcome, where);
    }
  }
  const [first] = complaints;
  const how = run.signal === null ? `exit ${run.exitCode ?? 'without a code'}` : run.signal;
  const said = first === undefined ? `rclone said nothing (${how})` : `rclone says: ${first.message} (${how})`;
  const kind = run.exitCode === TEMPORARY ? 'network' : 'unknown';
  return new NasSyncError(kind, printable(`${subject(first, where)}: ${said}`), { tool: run });
}

function failure(found: Meaning, line: LogLine, { run }: Outcome, where: Where): Error {
  const { kind, says } = found;
  const blamed = subject(line, where);
  if (kind === 'changed') return new SourceChanged(printable(`${blamed} changed while it was read`));
  const between = LOCAL.includes(found) ? ' ' : ': ';
  const message = `${blamed}${between}${says} (rclone: ${line.message})`;
  return new NasSyncError(kind, printable(message), { tool: run });
}

function subject(line: LogLine | undefined, { place, nameOf = (object) => object }: Where): string {
  const object = line?.object ?? '';
  return object === '' ? place : nameOf(object);
}

function ownWords({ message, object }: LogLine, { paths = [] }: Where): string {
  const names = [...paths, object].filter((name) => name !== '');
  return names
    .sort((a, b) => b.length - a.length)
    .reduce((rest, name) => rest.replaceAll(name, ''), message)
    .trim();
}
