import type { Command } from 'commander';
import { printable, type RebuiltRun } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, NOT_DONE } from '../exit-status.js';
import type { Session } from '../session.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
Nothing is deleted before it has been proven anew.

Example:
  nas-sync rebuild --dry-run`;

export const addRebuild: AddCommand = (program, conduct) => {
  program
    .command('rebuild')
    .description('Rebuild a lost queue from run records and the NAS')
    .option('--dry-run', 'Show what would be queued and change nothing')
    .addHelpText('after', EXAMPLE)
    .action((options: { dryRun?: boolean }, command: Command) =>
      conduct(command, (session) => rebuild(session, options.dryRun === true)),
    );
};

async function rebuild(session: Session, dryRun: boolean): Promise<number> {
  const { signal } = session;
  const { runs, unread } = await withClient(session, 'none', (client) => client.rebuild({ dryRun, signal }), {
    draws: false,
  });
  session.answer({ runs }, () => runs.map(lineOf));
  for (const { message } of unread) session.complain(message);
  if (dryRun) session.hint('nothing was changed; without --dry-run, these runs are queued');
  else if (runs.some(({ done }) => done === 'queued')) session.hint('Next: nas-sync run');
  return unread.length > 0 || runs.some(({ done }) => done === 'conflict') ? NOT_DONE : DONE;
}

const lineOf = ({ runPath, done, message }: RebuiltRun): string =>
  `${done.padEnd(14)}  ${printable(runPath)}${message === null ? '' : `  ${printable(message)}`}`;
