import type { Command } from 'commander';
import type { RestoreResult } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, INTERRUPTED, MISMATCH, NOT_DONE, worstOf } from '../exit-status.js';
import type { Session } from '../session.js';
import { restoreReport, troublesOf } from '../views/restore-report.js';
import { Interrupted, withClient } from '../with-client.js';

interface RestoreCommandOptions {
  readonly to?: string;
  readonly overwrite?: boolean;
}

const EXAMPLE = `
Files that are in place with equal content are left alone, so the same command goes on after an interruption. If
anything else stands where a file should go, nothing is written. Each file is compared with its SHA-256 before it gets
its name. Exit status 4 says that the NAS does not hold all of it as it was proven.

Example:
  nas-sync restore /data/lab/CONFOCAL_01/Run_1
  nas-sync restore /data/lab/CONFOCAL_01/Run_1 --to /scratch/Run_1 images/cell_7.tif notes/`;

export const addRestore: AddCommand = (program, conduct) => {
  program
    .command('restore')
    .description('Copy a run, or files of it, back from the NAS')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .argument('[file...]', 'Restore only these files or folders of the run')
    .option('--to <dir>', 'Restore to this folder instead of the run folder')
    .option('--overwrite', 'Replace files that have other content')
    .addHelpText('after', EXAMPLE)
    .action((run: string, files: string[], options: RestoreCommandOptions, command: Command) =>
      conduct(command, (session) => restore(session, run, files, options)),
    );
};

async function restore(
  session: Session,
  run: string,
  files: readonly string[],
  { to, overwrite = false }: RestoreCommandOptions,
): Promise<number> {
  const { signal } = session;
  try {
    const result = await withClient(session, 'none', (client) =>
      client.restore(run, { files, overwrite, signal, ...(to !== undefined && { to }) }),
    );
    session.answer(result, () => restoreReport(result, session.paint));
    for (const trouble of troublesOf(result, overwrite)) session.complain(trouble);
    return statusOf(result);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    session.complain('interrupted; what was brought back stays, and the same command goes on from there');
    return INTERRUPTED;
  }
}

const statusOf = ({ conflicts, mismatched, missing }: RestoreResult): number =>
  worstOf([conflicts.length > 0 ? NOT_DONE : DONE, mismatched.length + missing.length > 0 ? MISMATCH : DONE]);
