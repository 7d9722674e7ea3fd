import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Command } from 'commander';
import { configTemplate, NasSyncError, parseConfig } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE } from '../exit-status.js';
import { systemCodeOf } from '../lookup.js';
import type { Session } from '../session.js';
import { configFile } from '../settings.js';

interface InitOptions {
  readonly equipment?: string;
  readonly localRoot?: string;
  readonly target?: string;
  readonly nasRoot?: string;
}

const EXAMPLE = `
Example:
  nas-sync init --equipment CONFOCAL_01 --local-root /data/lab --target /mnt/nas/lab --nas-root //nas01/lab`;

export const addInit: AddCommand = (program, conduct) => {
  program
    .command('init')
    .description('Write a commented configuration file')
    .option('--equipment <id>', 'ID of the instrument: upper case letters, digits and _')
    .option('--local-root <dir>', 'Folder that holds its runs')
    .option('--target <dir>', 'Mounted share, or a folder on it')
    .option('--nas-root <text>', 'Display name of the folder on the NAS')
    .addHelpText('after', EXAMPLE)
    .action((options: InitOptions, command: Command) => conduct(command, (session) => init(session, options)));
};

async function init(session: Session, options: InitOptions): Promise<number> {
  const file = resolve(configFile(session.options, process.env));
  const text = textFor(options);
  await writeNew(file, text);
  session.answer({ configFile: file }, () => [file]);
  for (const step of nextSteps(file)) session.hint(step);
  return DONE;
}

const nextSteps = (file: string): string[] => [
  `Next: 1. look through ${file}`,
  '      2. nas-sync doctor, which tries the way to the NAS with a run of its own',
  '      3. nas-sync adopt RUN, once for a run that has no run record',
  '      4. nas-sync sync RUN',
];

function textFor({ equipment, localRoot, target, nasRoot }: InitOptions): string {
  const text = configTemplate({
    ...(equipment === undefined ? {} : { equipmentId: equipment }),
    ...(localRoot === undefined ? {} : { localRoot: resolve(localRoot) }),
    ...(target === undefined ? {} : { mountPath: resolve(target) }),
    ...(nasRoot === undefined ? {} : { nasRoot }),
  });
  const written = parseConfig(text, 'the new configuration').equipment[0]?.id;
  if (equipment === undefined || written === equipment) return text;
  throw new NasSyncError('usage', `--equipment ${equipment}: must be capital letters, digits and _`);
}

const ALREADY = 'is there already and stays as it is';

async function writeNew(file: string, text: string): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
  } catch (error) {
    throw notWritten(file, `cannot be written, its folder cannot be made (${systemCodeOf(error)})`, error);
  }
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    const code = systemCodeOf(error);
    throw notWritten(file, code === 'EEXIST' ? ALREADY : `cannot be written (${code})`, error);
  }
}

const notWritten = (file: string, why: string, cause: unknown): NasSyncError =>
  new NasSyncError('config_invalid', `${file} ${why}; choose another place with --config`, { cause });
