import type { Command } from 'commander';
import { ERROR_CODES, NasSyncError, type Config, type JobView, type NasSyncClient } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, NOT_DONE } from '../exit-status.js';
import { expectEquipment, findJob } from '../lookup.js';
import { operatorOf, withOperator, type OperatorOptions } from '../operator.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

interface RetryOptions extends OperatorOptions {
  readonly failed?: boolean;
  readonly equipment?: string;
  readonly kind?: string;
  readonly replace?: boolean;
}

const EXAMPLE = `
Example:
  nas-sync retry /data/lab/CONFOCAL_01/Run_1 --reason "cable is back in"
  nas-sync retry --failed --kind network`;

export const addRetry: AddCommand = (program, conduct) => {
  const command = program
    .command('retry')
    .description('Queue a failed job again, or all failed jobs')
    .argument('[run|job]', 'Folder of the run, or ID of its job')
    .option('--failed', 'Retry all failed jobs')
    .option('--equipment <id>', 'With --failed: only jobs of this instrument')
    .option('--kind <kind>', 'With --failed: only this error kind, such as network')
    .option('--replace', 'Replace what another queue verified (needs --reason)');
  withOperator(command)
    .addHelpText('after', EXAMPLE)
    .action((run: string | undefined, options: RetryOptions, command: Command) =>
      conduct(command, (session) => retry(session, run, options)),
    );
};

async function retry(session: Session, run: string | undefined, options: RetryOptions): Promise<number> {
  expectSense(run, options);
  await assertQueueExists(session.options);
  const { jobs, refused } = await withClient(session, 'none', async (client, config) => {
    if (run === undefined) return retryAll(session, client, config, options);
    const { jobId } = await findJob(client, run);
    return {
      jobs: [await client.retry(jobId, { ...operatorOf(options), replace: options.replace === true })],
      refused: 0,
    };
  });
  session.answer({ jobs }, () => (jobs.length === 0 ? [] : jobTable(jobs, Date.now(), session.paint)));
  session.hint(jobs.length === 0 ? 'no job failed like that' : '`nas-sync run` works on them');
  return refused > 0 ? NOT_DONE : DONE;
}

function expectSense(run: string | undefined, options: RetryOptions): void {
  const { failed, equipment, kind } = options;
  expectReason(options);
  const refuse = (why: string): never => {
    throw new NasSyncError('usage', why);
  };
  if (run === undefined && failed !== true) refuse('retry needs a RUN, the id of a job, or --failed');
  if (run !== undefined && failed === true) refuse('retry takes a RUN or --failed, not both');
  if (failed !== true && (equipment ?? kind) !== undefined) refuse('--equipment and --kind go with --failed');
  if (kind !== undefined && !Object.hasOwn(ERROR_CODES, kind))
    refuse(`--kind ${kind}: jobs do not fail for that reason`);
}

function expectReason({ failed, replace, reason }: RetryOptions): void {
  if (replace !== true || (failed !== true && reason !== undefined)) return;
  throw new NasSyncError('usage', '--replace is for one RUN, whose versions were compared, and needs --reason');
}

async function retryAll(session: Session, client: NasSyncClient, config: Config, options: RetryOptions) {
  const { equipment, kind } = options;
  await expectEquipment(client, config, equipment);
  const failed = await client.jobs({
    states: ['failed'],
    ...(equipment === undefined ? {} : { equipmentIds: [equipment] }),
  });
  const jobs: JobView[] = [];
  let refused = 0;
  for (const job of failed.filter(({ lastError }) => kind === undefined || lastError?.kind === kind)) {
    try {
      jobs.push(await client.retry(job.jobId, operatorOf(options)));
    } catch (error) {
      // Another process may have been quicker.
      if (!(error instanceof NasSyncError)) throw error;
      session.complain(error.message);
      refused += 1;
    }
  }
  return { jobs, refused };
}
