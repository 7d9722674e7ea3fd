import { Option, type Command } from 'commander';
import { NasSyncError, picture, PICTURE_FORMATS, type PictureFormat } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import type { Session } from '../session.js';

interface DiagramOptions {
  readonly format?: PictureFormat;
}

const EXAMPLE = `
Example:
  nas-sync diagram --format svg > job.svg`;

export const addDiagram: AddCommand = (program, conduct) => {
  program
    .command('diagram')
    .description('Draw the statechart of a job')
    .addOption(new Option('--format <format>', 'Format (default: svg, with --json: json)').choices(PICTURE_FORMATS))
    .addHelpText('after', EXAMPLE)
    .action((options: DiagramOptions, command: Command) => conduct(command, (session) => diagram(session, options)));
};

async function diagram(session: Session, { format = session.json ? 'json' : 'svg' }: DiagramOptions): Promise<number> {
  if (session.json && format !== 'json')
    throw new NasSyncError('usage', `--json and --format ${format} exclude each other`);
  const text = await picture(format);
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  return DONE;
}
