import type { Command } from 'commander';
import { NasSyncError, type CleanResult } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, NOT_DONE } from '../exit-status.js';
import { findJob } from '../lookup.js';
import { operatorOf, withOperator, type OperatorOptions } from '../operator.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { cleanReport } from '../views/clean-report.js';
import { withClient } from '../with-client.js';

interface CleanFlags extends OperatorOptions {
  readonly dryRun?: boolean;
  readonly empty?: boolean;
  readonly extra?: boolean;
}

const EXAMPLE = `
Only what a pass has proven goes, and only if every interlock holds at that moment; the rest stays and is named.
With --dry-run both sides are read as for a deletion, and nothing is changed; exit status 0 says that it would go.

Example:
  nas-sync clean --dry-run /data/lab/CONFOCAL_01/Run_1
  nas-sync clean /data/lab/CONFOCAL_01/Run_1`;

export const addClean: AddCommand = (program, conduct) => {
  const command = program
    .command('clean')
    .description('Delete the local copy of a verified run')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .option('--dry-run', 'Evaluate the interlocks and delete nothing')
    .option('--empty', 'Delete a run that holds no files (needs --reason)')
    .option('--extra', 'Accept files that only the NAS has (needs --reason)');
  withOperator(command)
    .addHelpText('after', EXAMPLE)
    .action((run: string, flags: CleanFlags, command: Command) =>
      conduct(command, (session) => clean(session, run, flags)),
    );
};

async function clean(session: Session, run: string, flags: CleanFlags): Promise<number> {
  const { dryRun = false, empty = false, extra = false, ...operator } = flags;
  const { reason } = operator;
  if (empty && reason === undefined) throw new NasSyncError('usage', '--empty needs --reason');
  if (extra && reason === undefined) throw new NasSyncError('usage', '--extra needs --reason');
  await assertQueueExists(session.options);
  const result = await withClient(session, dryRun ? 'none' : 'own', async (client) => {
    const job = await findJob(client, run);
    const { signal } = session;
    return client.clean(job.jobId, {
      dryRun,
      signal,
      ...(empty && { empty: { reason: reason ?? '' } }),
      ...(extra && { extra: { reason: reason ?? '' } }),
      ...operatorOf(operator),
    });
  });
  session.answer(result, () => cleanReport(result, { dryRun, paint: session.paint }));
  const unmet = result.interlocks.filter(({ ok }) => !ok);
  if (result.deleted || (dryRun && unmet.length === 0)) return DONE;
  session.complain(`${result.runPath} stays: ${whyOf(result)}`);
  return NOT_DONE;
}

function whyOf({ interlocks, refused }: CleanResult): string {
  const [unmet] = interlocks.filter(({ ok }) => !ok);
  if (unmet !== undefined) return `${unmet.name} (${unmet.measured}); ${unmet.fix ?? 'see `nas-sync explain`'}`;
  const [kept] = refused;
  return kept === undefined ? 'see `nas-sync explain`' : `${kept.path}: ${kept.reason}`;
}
