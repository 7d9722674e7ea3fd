import { resolve } from 'node:path';
import type { Command } from 'commander';
import { NasSyncError } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import { operatorOf, withOperator, type OperatorOptions } from '../operator.js';
import type { Session } from '../session.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
A program may remove or rename its files before the run is deleted here. Their copies on the NAS are set aside below
.exlab-wizard/set-aside/ in the run's place, and kept; the next pass proves the run without them.

Example:
  nas-sync accept-removal /data/lab/TIMS_01/Run_1 analysis.tdf-wal --reason "closed by the acquisition program"`;

export const addAcceptRemoval: AddCommand = (program, conduct) => {
  const command = program
    .command('accept-removal')
    .description('Accept that files were removed from a run')
    .argument('<run|job>', 'Folder of the run, or ID of its job')
    .argument('[file...]', 'Paths in the run (default: all missing files)');
  withOperator(command)
    .addHelpText('after', EXAMPLE)
    .action((run: string, files: string[], options: OperatorOptions, command: Command) =>
      conduct(command, (session) => accept(session, run, files, options)),
    );
};

async function accept(session: Session, run: string, files: readonly string[], options: OperatorOptions) {
  const { by, reason } = operatorOf(options);
  if (reason === undefined) throw new NasSyncError('usage', 'accept-removal needs --reason, which the history keeps');
  const job = await withClient(session, 'none', async (client) => {
    const known = (await client.job(run)) ?? (await client.job(resolve(run)));
    return client.acceptRemoval(known?.jobId ?? resolve(run), { files, reason, ...(by === undefined ? {} : { by }) });
  });
  session.answer({ jobs: [job] }, () => jobTable([job], Date.now(), session.paint));
  session.hint('`nas-sync run` sets the copies on the NAS aside, and proves the run without them');
  return DONE;
}
