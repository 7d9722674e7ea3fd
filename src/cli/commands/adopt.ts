import { Option, type Command } from 'commander';
import { adoptRun, printable, type AdoptedRun } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, worstOf } from '../exit-status.js';
import { forEachRun } from '../for-each-run.js';
import type { Session } from '../session.js';
import { readConfig } from '../settings.js';

interface AdoptFlags {
  readonly runKind?: string;
}

const EXAMPLE = `
A run is a folder of its own below a configured local_root; folders that hold runs are refused.

Example:
  nas-sync adopt /data/lab/CONFOCAL_01/Runs/Run_1 --run-kind experimental`;

export const addAdopt: AddCommand = (program, conduct) => {
  program
    .command('adopt')
    .description('Write a run record into runs that have none')
    .argument('<run...>', 'Folders of the runs')
    .addOption(new Option('--run-kind <kind>', 'Purpose of the run').choices(['experimental', 'test']))
    .addHelpText('after', EXAMPLE)
    .action((runs: string[], options: AdoptFlags, command: Command) =>
      conduct(command, (session) => adopt(session, runs, options)),
    );
};

async function adopt(session: Session, paths: readonly string[], { runKind }: AdoptFlags): Promise<number> {
  const config = await readConfig(session.options);
  const adopted: AdoptedRun[] = [];
  const errors = await forEachRun(session, paths, async (path) => {
    adopted.push(await adoptRun(config, path, { runKind }));
  });
  const [first] = adopted;
  if (first === undefined) return worstOf(errors);
  const lines = () => adopted.map(({ runPath }) => `${session.paint('green', '✔ adopted')}  ${printable(runPath)}`);
  session.answer(paths.length === 1 ? first : { runs: adopted }, lines);
  session.hint('Next: nas-sync sync RUN');
  return worstOf([...errors, DONE]);
}
