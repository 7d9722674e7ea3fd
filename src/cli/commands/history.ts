import type { Command } from 'commander';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import { findJob } from '../lookup.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { journalTable } from '../views/journal-table.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
Example:
  nas-sync history /data/lab/CONFOCAL_01/Run_1`;

export const addHistory: AddCommand = (program, conduct) => {
  program
    .command('history')
    .description('Show what happened to a run, oldest first')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .addHelpText('after', EXAMPLE)
    .action((run: string, _: unknown, command: Command) => conduct(command, (session) => history(session, run)));
};

async function history(session: Session, run: string): Promise<number> {
  await assertQueueExists(session.options);
  const { job, journal } = await withClient(session, 'none', async (client) => {
    const found = await findJob(client, run);
    return { job: found, journal: await client.history(found.jobId) };
  });
  session.answer({ job, journal }, () => journalTable(job, journal, Date.now(), session.paint));
  return DONE;
}
