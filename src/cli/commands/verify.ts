import type { Command } from 'commander';
import { NasSyncError, printable, type JobView, type NasSyncClient, type VerifyResult } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, MISMATCH } from '../exit-status.js';
import { findJobOrRun } from '../lookup.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { countsOf, isHeld, verifyReport } from '../views/verify-report.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
If the copy of a verified run is damaged, its next pass is called for: \`nas-sync run\` heals it then. What only the NAS
has is told, too, with exit status 4; it is no damage. Names that desktops and storage systems write are no difference.

Example:
  nas-sync verify /data/lab/CONFOCAL_01/Run_1`;

export const addVerify: AddCommand = (program, conduct) => {
  program
    .command('verify')
    .description('Compare a run with its copy on the NAS, byte by byte')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .addHelpText('after', EXAMPLE)
    .action((run: string, _: unknown, command: Command) => conduct(command, (session) => verify(session, run)));
};

async function verify(session: Session, run: string): Promise<number> {
  await assertQueueExists(session.options);
  const { result, next } = await withClient(session, 'none', async (client) => {
    const job = await findJobOrRun(client, run);
    const found = await client.forceVerify(job?.jobId ?? run, { signal: session.signal });
    return { result: found, next: found.ok ? '' : await callForHealing(client, job, found) };
  });
  session.answer(result, () => verifyReport(result, session.paint));
  if (result.ok) return DONE;
  const what = isHeld(result) ? 'the NAS holds the run, and more' : 'the NAS copy does not match';
  session.complain(`${result.runPath}: ${what} (${countsOf(result)}); ${next}`);
  return MISMATCH;
}

/** Asks for the pass that heals it, where there can be one, and says what comes next. */
async function callForHealing(client: NasSyncClient, job: JobView | null, result: VerifyResult): Promise<string> {
  if (isHeld(result)) return ABOUT_EXTRA;
  if (job === null) return 'the queue holds no job for it: `nas-sync enqueue RUN` has it copied';
  if (job.state === 'cleaned') {
    return 'the local copy is gone, so nothing heals it from here: look for another copy, and find out what changed it';
  }
  if (job.state !== 'verified') return `the job is ${job.state}, see \`nas-sync explain\``;
  try {
    await client.requestPass(
      job.jobId,
      `the NAS copy is damaged: ${countsOf(result)} (${someOf([...result.mismatched, ...result.missing])})`,
      { damage: true },
    );
  } catch (error) {
    // The job moved on while both sides were read.
    if (!(error instanceof NasSyncError) || error.code !== 'not_allowed') throw error;
    return 'the job has moved on meanwhile, see `nas-sync status`';
  }
  const healing = 'the next `nas-sync run` heals it from the local copy';
  return result.extra.length === 0 ? healing : `${healing}; ${ABOUT_EXTRA}`;
}

/** The first few by name. */
const someOf = (paths: readonly string[]): string =>
  [...paths.slice(0, 3).map(printable), ...(paths.length > 3 ? ['…'] : [])].join(', ');

/** No push removes anything there. */
const ABOUT_EXTRA =
  'what is only there stays: move it away, or have it set aside: `nas-sync accept-removal RUN FILE --reason WHY`';
