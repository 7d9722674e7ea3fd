import { setTimeout as sleep } from 'node:timers/promises';
import type { Command } from 'commander';
import { NasSyncError, type JobView, type NasSyncClient } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, OWNED_ELSEWHERE, syncStatusOf, worstOf } from '../exit-status.js';
import { jobsById } from '../lookup.js';
import { operatorOf, withOperator, type OperatorOptions } from '../operator.js';
import { followMoves } from '../progress/live-progress.js';
import type { Session } from '../session.js';
import { standingOf, troublesOf } from '../views/job-status.js';
import { jobTable } from '../views/job-table.js';
import { withClient } from '../with-client.js';

interface RunOptions extends OperatorOptions {
  readonly once?: boolean;
  readonly acceptPolicy?: boolean;
}

/** A journal that cannot be read now, say on a full disk, ends nothing. */
const LOOK_AGAIN_MS = 1000;

const EXAMPLE = `
With --once, exit status 1 says that a job failed that moved in this run (4: each of them because the NAS copy did
not match), and 5 that due jobs were left because another process is at work on their equipment.

A cleanup policy that permits more than before counts only once a person has accepted it: --accept-policy. Until then,
for every setting the stricter of both counts.

Example:
  nas-sync run
  nas-sync run --once --json
  nas-sync run --accept-policy --reason "the NAS has snapshots now"`;

export const addRun: AddCommand = (program, conduct) => {
  const command = program
    .command('run')
    .description('Work on the queue in the foreground until interrupted')
    .option('--once', 'Do all work that is due now, then exit')
    .option('--accept-policy', 'Accept a cleanup policy that permits more than before');
  withOperator(command)
    .addHelpText('after', EXAMPLE)
    .action((options: RunOptions, command: Command) =>
      conduct(command, (session) => (options.once === true ? runOnce(session, options) : runOn(session, options))),
    );
};

async function acceptPolicy(session: Session, client: NasSyncClient, options: RunOptions): Promise<void> {
  if (options.acceptPolicy !== true) return;
  const { by = '', reason } = operatorOf(options);
  const { accepted } = await client.acceptPolicy({ operator: by, ...(reason !== undefined && { reason }) });
  session.hint(
    accepted.length === 0
      ? 'the configured cleanup policy permits no more than before: nothing to accept'
      : `the configured cleanup policy is accepted for ${accepted.map(({ equipmentId }) => equipmentId).join(', ')}`,
  );
}

const runOn = (session: Session, options: RunOptions): Promise<number> =>
  withClient(session, 'all', async (client) => {
    await acceptPolicy(session, client, options);
    session.hint('nas-sync works on the queue; Ctrl-C stops it');
    return untilUnusable(session, client);
  });

/** Only the wish to stop ends this, or a newer release that has taken the queue over: a look at the journal tells. */
async function untilUnusable(session: Session, client: NasSyncClient): Promise<never> {
  for (;;) {
    try {
      for await (const _ of client.watch({ signal: session.signal })) continue;
    } catch (error) {
      session.signal.throwIfAborted();
      if (error instanceof NasSyncError && error.code === 'store_newer') throw error;
    }
    await sleep(LOOK_AGAIN_MS, undefined, { signal: session.signal });
  }
}

async function runOnce(session: Session, options: RunOptions): Promise<number> {
  const { moved, left } = await withClient(session, 'all', async (client) => {
    const jobIds = new Set<string>();
    const unfollow = followMoves(client.live, ({ jobId }) => jobIds.add(jobId));
    await acceptPolicy(session, client, options);
    await client.idle();
    unfollow();
    return { moved: await jobsById(client, [...jobIds]), left: await leftToOthers(client) };
  });
  session.answer({ jobs: moved }, () => (moved.length === 0 ? [] : jobTable(moved, Date.now(), session.paint)));
  if (moved.length === 0 && left.length === 0) session.hint('nothing was due');
  if (left.length > 0) {
    session.complain(
      `${left.length} due jobs were left: another process is at work on their equipment; run it again later`,
    );
  }
  return worstOf([...failuresOf(moved), left.length > 0 ? OWNED_ELSEWHERE : DONE]);
}

const failuresOf = (jobs: readonly JobView[]): number[] =>
  jobs.filter((job) => job.state === 'failed').map((job) => syncStatusOf(job));

/** Due now, on an equipment whose lane works in another process: here, nothing is at work any more. */
async function leftToOthers(client: NasSyncClient): Promise<JobView[]> {
  const open = await client.jobs({ states: ['queued', 'running', 'awaiting_verify', 'cleanup_eligible'] });
  const held = new Set(open.filter((job) => standingOf(job) === 'working').map((job) => job.equipmentId));
  return open.filter((job) => held.has(job.equipmentId) && isDue(job, Date.now()));
}

const isDue = (job: JobView, now: number): boolean =>
  job.nextAttemptAt !== null && Date.parse(job.nextAttemptAt) <= now && troublesOf(job).length === 0;
