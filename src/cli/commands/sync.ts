import { Option, type Command } from 'commander';
import type { Until } from '../../index.js';
import type { AddCommand } from '../command.js';
import { enqueueAll, jobIdsOf, outcomesOf } from '../enqueue-all.js';
import { PRECEDENCE_IN_WORDS, syncStatusOf, worstOf } from '../exit-status.js';
import type { Session } from '../session.js';
import { isBlocked, type AnyJob } from '../views/job-status.js';
import { jobTable } from '../views/job-table.js';
import { reasonsOf } from '../views/reasons.js';
import { withClient } from '../with-client.js';

interface SyncOptions {
  readonly until: Until;
  readonly wait?: boolean;
}

const EXAMPLE = `
${PRECEDENCE_IN_WORDS}

Example:
  nas-sync sync /data/lab/CONFOCAL_01/Run_1 /data/lab/CONFOCAL_01/Run_2
  nas-sync sync --wait --json /data/lab/CONFOCAL_01/Run_1
  nas-sync sync --until cleaned --wait /data/lab/CONFOCAL_01/Run_1`;

export const addSync: AddCommand = (program, conduct) => {
  program
    .command('sync')
    .description('Queue, copy and verify runs now')
    .argument('<run...>', 'Folders of the runs')
    .addOption(new Option('--until <state>', 'Stop at this state').choices(['verified', 'cleaned']).default('verified'))
    .option('--wait', 'Wait for attempts that are scheduled for later')
    .addHelpText('after', EXAMPLE)
    .action((runs: string[], options: SyncOptions, command: Command) =>
      conduct(command, (session) => sync(session, runs, options)),
    );
};

async function sync(session: Session, runs: readonly string[], { until, wait }: SyncOptions): Promise<number> {
  const letGo = until === 'cleaned';
  const { jobs, errors } = await withClient(session, { drive: 'own', letGo }, async (client) => {
    const enqueued = await enqueueAll(session, client, runs);
    const jobIds = jobIdsOf(enqueued);
    if (jobIds.length > 0) await client.settled(jobIds, { signal: session.signal, patient: wait === true, until });
    return { jobs: await outcomesOf(client, enqueued), errors: enqueued.errors };
  });
  const now = Date.now();
  if (jobs.length > 0) session.answer({ jobs }, () => jobTable(jobs, now, session.paint));
  for (const job of jobs) sayUnfinished(session, job, { now, until });
  return worstOf([...errors, ...jobs.map((job) => syncStatusOf(job, until))]);
}

/** Runs that the gate refused were named when it did. */
function sayUnfinished(session: Session, job: AnyJob, { now, until }: { now: number; until: Until }): void {
  if (isBlocked(job) || syncStatusOf(job, until) === 0) return;
  const why = reasonsOf(job, now, { all: true }).join('; ');
  const fix =
    job.state === 'failed'
      ? `then \`nas-sync retry ${job.jobId}\``
      : '`nas-sync run` goes on with it, and so does `nas-sync sync --wait`';
  session.complain(`${job.runPath} ${job.state === 'failed' ? 'failed' : `is still ${job.state}`}: ${why}; ${fix}`);
}
