import { NasSyncError } from '../../errors.js';
import { printable } from '../../run/printable.js';
import { codeAtEnd, failureOnTarget } from '../target-failure.js';
import { EXIT } from './remote-scripts.js';
import type { ErrandResult } from './remote.js';

/** What a script's end on the server means. `where` is the place that it worked on. */
export function remoteFailure({ run, lines }: ErrandResult, host: string, top: string, where: string): NasSyncError {
  const place = printable(where);
  const origin = { tool: run };
  switch (run.exitCode) {
    case EXIT.noTop:
      return new NasSyncError(
        'network',
        `${host}: there is no folder ${printable(top)} on the server; is the volume mounted there?`,
        origin,
      );
    case EXIT.absent:
      return new NasSyncError('network', `${host}: ${place} is gone from the server`, origin);
    case EXIT.inTheWay:
      return new NasSyncError(
        'target_conflict',
        `${host}: something else stands on the server where ${place} should be (a link, or no folder); move it away, then retry`,
        origin,
      );
    case EXIT.taken:
      return new NasSyncError('target_conflict', `${place} is there already`, origin);
    default:
      return byWords({ run, lines }, host, where);
  }
}

/** By the end of the last line that a tool ended with a system error. */
function byWords({ run, lines }: ErrandResult, host: string, where: string): NasSyncError {
  const line = lines.findLast((candidate) => codeAtEnd(candidate) !== null);
  const code = line === undefined ? null : codeAtEnd(line);
  if (line !== undefined && code !== null) return failureOnTarget(code, line, `${host}: ${line}`, { tool: run });
  const missing = lines.find((candidate) => run.exitCode === 127 || /: not found$/u.test(candidate));
  if (missing !== undefined) {
    return new NasSyncError(
      'tool_missing',
      `${host}: a tool is missing on the server (${printable(missing)}); install it there`,
      {
        tool: run,
      },
    );
  }
  const words = lines.at(-1) ?? `exit code ${String(run.exitCode)}`;
  return new NasSyncError('unknown', `${host}: ${printable(where)}: ${printable(words)}`, { tool: run });
}
