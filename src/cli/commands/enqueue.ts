import type { Command } from 'commander';
import type { AddCommand } from '../command.js';
import { enqueueAll, outcomesOf } from '../enqueue-all.js';
import { BLOCKED, PRECEDENCE_IN_WORDS, worstOf } from '../exit-status.js';
import type { Session } from '../session.js';
import { isBlocked } from '../views/job-status.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
${PRECEDENCE_IN_WORDS}

Example:
  nas-sync enqueue /data/lab/CONFOCAL_01/Run_*`;

export const addEnqueue: AddCommand = (program, conduct) => {
  program
    .command('enqueue')
    .description('Check runs and add them to the queue')
    .argument('<run...>', 'Folders of the runs')
    .addHelpText('after', EXAMPLE)
    .action((runs: string[], _: unknown, command: Command) => conduct(command, (session) => enqueue(session, runs)));
};

async function enqueue(session: Session, runs: readonly string[]): Promise<number> {
  const { jobs, errors } = await withClient(session, 'none', async (client) => {
    const enqueued = await enqueueAll(session, client, runs);
    return { jobs: await outcomesOf(client, enqueued), errors: enqueued.errors };
  });
  if (jobs.length > 0) session.answer({ jobs }, () => jobTable(jobs, Date.now(), session.paint));
  return worstOf([...errors, ...(jobs.some(isBlocked) ? [BLOCKED] : [])]);
}
