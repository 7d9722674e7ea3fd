import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { createRecord, printable } from '../../index.js';
import type { AddCommand } from '../add-command.js';
import { DONE } from '../exit-status.js';
import type { Session } from '../session.js';

interface AdoptOptions {
  readonly runKind?: string;
}

const EXAMPLE = `
Example:
  nas-sync adopt /data/lab/CONFOCAL_01/Runs/Run_1 --run-kind experimental`;

export const addAdopt: AddCommand = (program, conduct) => {
  program
    .command('adopt')
    .description('write a run record into a run that has none')
    .argument('<run>', 'the folder of the run')
    .addOption(new Option('--run-kind <kind>', 'what the run was made for').choices(['experimental', 'test']))
    .addHelpText('after', EXAMPLE)
    .action((run: string, options: AdoptOptions, command: Command) =>
      conduct(command, (session) => adopt(session, run, options)),
    );
};

async function adopt(session: Session, run: string, { runKind }: AdoptOptions): Promise<number> {
  const given = resolve(run);
  const runPath = await realpath(given).catch(() => given);
  const { raw } = await createRecord(runPath, { runKind });
  session.answer({ runPath, record: raw }, () => [`${session.paint('green', '✔ adopted')}  ${printable(runPath)}`]);
  session.hint('Next: nas-sync sync RUN');
  return DONE;
}
