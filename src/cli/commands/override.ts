import type { Command } from 'commander';
import { NasSyncError } from '../../index.js';
import type { AddCommand, Conduct } from '../command.js';
import { DONE } from '../exit-status.js';
import { operatorOf } from '../operator.js';
import type { Session } from '../session.js';
import { overrideTable } from '../views/override-table.js';
import { withClient } from '../with-client.js';

interface Said {
  readonly operator?: string;
  readonly reason: string;
}

interface AddOptions extends Said {
  readonly class: string;
  readonly expires?: string;
}

const ADD_EXAMPLE = `
Nothing else passes by it: no other class, and no other run. The record keeps it for good; \`revoke\` ends it.

Example:
  nas-sync override add /data/lab/CONFOCAL_01/Run_1 --class illegal_filesystem_character --reason "names are the vendor's" --expires 30d`;

const REVOKE_EXAMPLE = `
Example:
  nas-sync override revoke /data/lab/CONFOCAL_01/Run_1 0b2c… --reason "files are renamed"`;

const LIST_EXAMPLE = `
Example:
  nas-sync override list /data/lab/CONFOCAL_01/Run_1 --json`;

export const addOverride: AddCommand = (program, conduct) => {
  const command = program
    .command('override')
    .description('Manage exceptions from the gate for one run')
    .addHelpText('after', LIST_EXAMPLE);
  addAdd(command, conduct);
  addRevoke(command, conduct);
  addList(command, conduct);
};

function addAdd(parent: Command, conduct: Conduct): void {
  parent
    .command('add')
    .description('Let one class of findings pass')
    .argument('<run>', 'Folder of the run')
    .requiredOption('--class <class>', 'Class that `nas-sync gate` shows in brackets')
    .requiredOption('--reason <text>', 'Reason, kept in the run record')
    .option('--operator <name>', 'Who lets it pass (default: the user who is logged in)')
    .option('--expires <time>', 'ISO 8601 time (default zone: UTC), or a length such as 30d')
    .addHelpText('after', ADD_EXAMPLE)
    .action((run: string, options: AddOptions, command: Command) =>
      conduct(command, (session) => add(session, run, options)),
    );
}

function addRevoke(parent: Command, conduct: Conduct): void {
  parent
    .command('revoke')
    .description('Revoke an override')
    .argument('<run>', 'Folder of the run')
    .argument('<id>', 'ID that `nas-sync override list` shows')
    .requiredOption('--reason <text>', 'Reason, kept in the run record')
    .option('--operator <name>', 'Who revokes it (default: the user who is logged in)')
    .addHelpText('after', REVOKE_EXAMPLE)
    .action((run: string, id: string, options: Said, command: Command) =>
      conduct(command, (session) => revoke(session, run, id, options)),
    );
}

function addList(parent: Command, conduct: Conduct): void {
  parent
    .command('list')
    .description('Show all overrides of a run')
    .argument('<run>', 'Folder of the run')
    .addHelpText('after', LIST_EXAMPLE)
    .action((run: string, _: unknown, command: Command) => conduct(command, (session) => list(session, run)));
}

async function add(session: Session, run: string, options: AddOptions): Promise<number> {
  const { class: problemClass, expires } = options;
  const view = await withClient(session, 'none', (client) =>
    client.addOverride(run, { problemClass, ...accountable(options), ...(expires === undefined ? {} : { expires }) }),
  );
  session.answer(view, () => overrideTable([view.override], Date.now(), session.paint));
  session.hint('Next: nas-sync enqueue RUN');
  return DONE;
}

async function revoke(session: Session, run: string, id: string, options: Said): Promise<number> {
  const view = await withClient(session, 'none', (client) => client.revokeOverride(run, id, accountable(options)));
  session.answer(view, () => overrideTable([view.override], Date.now(), session.paint));
  return DONE;
}

async function list(session: Session, run: string): Promise<number> {
  const view = await withClient(session, 'none', (client) => client.overrides(run));
  const { overrides } = view;
  session.answer(view, () => (overrides.length === 0 ? [] : overrideTable(overrides, Date.now(), session.paint)));
  if (overrides.length === 0) session.hint('the run has no overrides');
  return DONE;
}

function accountable({ operator, reason }: Said): { operator: string; reason: string } {
  const { by } = operatorOf(operator === undefined ? {} : { operator });
  if (by === undefined) throw new NasSyncError('usage', 'this user has no name; say who it is with --operator');
  return { operator: by, reason };
}
