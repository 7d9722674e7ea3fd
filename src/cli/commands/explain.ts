import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { NasSyncClient } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { explanationLines } from '../views/explanation.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
Example:
  nas-sync explain /data/lab/CONFOCAL_01/Run_1`;

export const addExplain: AddCommand = (program, conduct) => {
  program
    .command('explain')
    .description('Show why a run waits and what keeps it from deletion')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .addHelpText('after', EXAMPLE)
    .action((run: string, _: unknown, command: Command) => conduct(command, (session) => explain(session, run)));
};

async function explain(session: Session, run: string): Promise<number> {
  await assertQueueExists(session.options);
  const explanation = await withClient(session, 'none', async (client) => client.explain(await meant(client, run)));
  session.answer(explanation, () => explanationLines(explanation, Date.now(), session.paint));
  return DONE;
}

/** A job whose run's folder is gone is known by its absolute path only. */
async function meant(client: NasSyncClient, given: string): Promise<string> {
  if ((await client.job(given)) !== null) return given;
  return (await client.job(resolve(given))) === null ? given : resolve(given);
}
