import type { Command } from 'commander';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import { findJob } from '../lookup.js';
import { operatorOf, withOperator, type OperatorOptions } from '../operator.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
Example:
  nas-sync cancel /data/lab/CONFOCAL_01/Run_1 --reason "wrong sample"`;

export const addCancel: AddCommand = (program, conduct) => {
  const command = program
    .command('cancel')
    .description('Cancel a job and keep the files of its run')
    .argument('<run|job>', 'Folder of the run, or ID of its job');
  withOperator(command)
    .addHelpText('after', EXAMPLE)
    .action((run: string, options: OperatorOptions, command: Command) =>
      conduct(command, (session) => cancel(session, run, options)),
    );
};

async function cancel(session: Session, run: string, options: OperatorOptions): Promise<number> {
  await assertQueueExists(session.options);
  const job = await withClient(session, 'none', async (client) => {
    const { jobId } = await findJob(client, run);
    return client.cancel(jobId, operatorOf(options));
  });
  session.answer({ jobs: [job] }, () => jobTable([job], Date.now(), session.paint));
  session.hint(`\`nas-sync retry ${job.jobId}\` takes it up again`);
  return DONE;
}
