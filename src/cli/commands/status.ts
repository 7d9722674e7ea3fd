import { Option, type Command } from 'commander';
import { JOB_STATES, type BlockedView, type JobFilter, type JobState, type NasSyncClient } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, NOT_DONE } from '../exit-status.js';
import { expectEquipment, findJob, findJobOrRun } from '../lookup.js';
import type { Session } from '../session.js';
import { assertQueueExists, queueExists } from '../settings.js';
import type { AnyJob } from '../views/job-status.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

interface StatusOptions {
  readonly state?: JobState;
  readonly equipment?: string;
}

const EXAMPLE = `
Example:
  nas-sync status --state failed
  nas-sync status --json /data/lab/CONFOCAL_01/Run_1`;

export const addStatus: AddCommand = (program, conduct) => {
  program
    .command('status')
    .description('Show the jobs, problems first')
    .argument('[run...]', 'Show only these runs')
    .addOption(new Option('--state <state>', 'Show only jobs in this state').choices(JOB_STATES))
    .option('--equipment <id>', 'Show only jobs of this instrument')
    .addHelpText('after', EXAMPLE)
    .action((runs: string[], options: StatusOptions, command: Command) =>
      conduct(command, (session) => status(session, runs, options)),
    );
};

async function status(session: Session, runs: readonly string[], options: StatusOptions): Promise<number> {
  if (runs.length === 0 && !(await queueExists(session.options))) {
    session.answer({ jobs: [] }, () => []);
    session.hint(`there is no queue at ${session.options.db ?? ''}, and none was made; check --db`);
    return DONE;
  }
  await assertQueueExists(session.options);
  const { jobs, loosened } = await withClient(session, 'none', async (client, config) => {
    const asked = await findAsked(client, runs);
    const jobs = runs.length > 0 && asked.jobIds.length === 0 ? [] : await client.jobs(filterFor(asked, options));
    const found: AnyJob[] = [...asked.blocked, ...jobs];
    if (found.length === 0) await expectEquipment(client, config, options.equipment);
    return { jobs: found, loosened: Object.keys(client.live.getSnapshot().context.loosened) };
  });
  session.answer({ jobs }, () => (jobs.length === 0 ? [] : jobTable(jobs, Date.now(), session.paint)));
  if (jobs.length === 0) session.hint(emptyHint(runs, options));
  if (loosened.length > 0) session.hint(loosenedHint(loosened));
  const unreadable = jobs.filter(isUnreadable);
  for (const { runPath } of unreadable) session.complain(`the stored state of ${runPath} cannot be read`);
  return unreadable.length > 0 ? NOT_DONE : DONE;
}

/** The queue is damaged there, or of a newer release. */
const isUnreadable = (job: AnyJob): boolean =>
  job.state !== 'blocked' && job.waitingFor.some(({ name, ok }) => name === 'snapshot_readable' && !ok);

const loosenedHint = (equipmentIds: readonly string[]): string =>
  `the cleanup policy of ${equipmentIds.join(', ')} was loosened and is not accepted yet; the stricter counts until \`nas-sync run --accept-policy\``;

interface Asked {
  readonly jobIds: readonly string[];
  /** Runs without a job that the gate refuses. */
  readonly blocked: readonly BlockedView[];
}

async function findAsked(client: NasSyncClient, runs: readonly string[]): Promise<Asked> {
  const jobIds: string[] = [];
  const blocked: BlockedView[] = [];
  for (const run of runs) {
    const job = await findJobOrRun(client, run);
    const refused = job === null ? (await client.explain(run)).job : null;
    if (refused?.state === 'blocked') blocked.push(refused);
    else jobIds.push((job ?? (await findJob(client, run))).jobId);
  }
  return { jobIds, blocked };
}

const filterFor = ({ jobIds }: Asked, { state, equipment }: StatusOptions): JobFilter => ({
  ...(jobIds.length === 0 ? {} : { jobIds }),
  ...(state === undefined ? {} : { states: [state] }),
  ...(equipment === undefined ? {} : { equipmentIds: [equipment] }),
});

function emptyHint(runs: readonly string[], { state, equipment }: StatusOptions): string {
  const narrow = runs.length > 0 || state !== undefined || equipment !== undefined;
  return narrow ? 'no job is like that' : 'the queue is empty; `nas-sync enqueue RUN` or `nas-sync sync RUN` fills it';
}
