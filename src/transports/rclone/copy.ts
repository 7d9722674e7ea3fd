import { lines } from './hash.js';
import type { Stats } from './log.js';
import type { RcloneOptions, Outcome, Rclone } from './rclone.js';
import { RemoteControl } from './remote-control.js';

/** Names of files that rclone 1.66 and newer has not written whole yet end so; nobody else's do. */
export const PARTIAL_SUFFIX = '.nas-sync-part';

export interface CopyRequest {
  readonly from: string;
  readonly to: string;
  /** By rclone's names. */
  readonly files: readonly string[];
  readonly target: string;
  readonly flags: readonly string[];
  readonly capKiBps: () => number | null;
  readonly signal: AbortSignal;
  /** A file is there, whole. */
  readonly onArrived: () => void;
  readonly onStats: (stats: Stats) => void;
}

/**
 * Sends these files, whatever is there: equal sizes and times have hidden damage before. It never looks at the other
 * side, and never removes anything there.
 */
export async function copyFiles(
  rclone: Rclone,
  { transfers, checkers }: Pick<RcloneOptions, 'transfers' | 'checkers'>,
  request: CopyRequest,
): Promise<Outcome> {
  const control = new RemoteControl(request.capKiBps);
  try {
    return await rclone.run({
      args: [
        ...['copy', request.from, request.to, '--files-from-raw', '-'],
        ...['--no-check-dest', '--ignore-times', '--ignore-checksum'],
        ...(transfers === null ? [] : ['--transfers', String(transfers)]),
        ...(checkers === null ? [] : ['--checkers', String(checkers)]),
        ...['--stats', '1s', '--stats-log-level', 'NOTICE', '--stats-file-name-length', '0'],
        ...control.args,
        ...request.flags,
      ],
      env: control.env,
      input: lines(request.files),
      target: request.target,
      signal: request.signal,
      lifeIsProgress: true,
      onLog: (line) => {
        control.hear(line);
        if (line.object !== '' && line.message.startsWith('Copied (')) request.onArrived();
        if (line.stats !== null) request.onStats(line.stats);
      },
    });
  } finally {
    control.stop();
  }
}
