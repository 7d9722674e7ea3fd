import type { Command } from 'commander';
import { NasSyncError, type GateReport, type NasSyncClient } from '../../index.js';
import type { AddCommand } from '../command.js';
import { BLOCKED, DONE, NOT_DONE, PRECEDENCE_IN_WORDS, worstOf } from '../exit-status.js';
import { forEachRun } from '../for-each-run.js';
import type { Session } from '../session.js';
import { showAudit } from '../views/audit-progress.js';
import { gateReport, gateSummary, overrideCommandsFor } from '../views/gate-report.js';
import { withClient } from '../with-client.js';

interface GateOptions {
  readonly all?: boolean;
}

/** Commands that are shown; of many runs, `explain` names the others. */
const MOST_COMMANDS = 10;

interface Judged {
  readonly runs: GateReport['runs'];
  readonly errors: readonly number[];
}

const EXAMPLE = `
Nothing is changed. Findings are hard (they keep the run out of the queue) or soft (they are only shown). With --all,
a folder counts as a run if it has a run record, is called Run_… or TestRun_…, or else is the topmost one that holds
files itself and no run.

${PRECEDENCE_IN_WORDS}

Example:
  nas-sync gate /data/lab/CONFOCAL_01/Run_1
  nas-sync gate --all --json`;

export const addGate: AddCommand = (program, conduct) => {
  program
    .command('gate')
    .description('Check runs before queueing and show the findings')
    .argument('[run...]', 'Folders of the runs')
    .option('--all', 'Check every run below every local_root')
    .addHelpText('after', EXAMPLE)
    .action((runs: string[], options: GateOptions, command: Command) =>
      conduct(command, (session) => gate(session, runs, options)),
    );
};

async function gate(session: Session, paths: readonly string[], { all = false }: GateOptions): Promise<number> {
  if (all === paths.length > 0) {
    throw new NasSyncError('usage', all ? 'gate takes RUNs or --all, not both' : 'gate needs a RUN, or --all');
  }
  const { runs, errors } = await withClient(
    session,
    'none',
    (client) => (all ? judgeAll(session, client) : judgeEach(session, client, paths)),
    { draws: false },
  );
  // Of runs that could not be judged there is nothing to tell; of a lab without runs there is.
  if (runs.length > 0 || all) session.answer({ runs }, () => gateReport(runs, { onlyFindings: all }, session.paint));
  const refused = runs.filter(({ eligible }) => !eligible);
  for (const command of refused
    .flatMap((run) => overrideCommandsFor(run.runPath, run.findings))
    .slice(0, MOST_COMMANDS)) {
    session.hint(`to let it pass all the same: ${command}`);
  }
  if (refused.length > 0) session.hint('`nas-sync explain RUN` says what would let a run pass');
  return worstOf([...errors, refused.length > 0 ? BLOCKED : DONE]);
}

async function judgeAll(session: Session, client: NasSyncClient): Promise<Judged> {
  const shown = session.quiet ? null : showAudit(session.screen);
  try {
    const { runs, unread, foreign } = await client.gate(
      { all: true },
      { signal: session.signal, onProgress: (progress) => shown?.show(progress) },
    );
    for (const { message } of unread) session.complain(message);
    for (const path of foreign) session.hint(`${path} belongs to another account and was not looked into`);
    session.hint(gateSummary(runs));
    return { runs, errors: unread.map(() => NOT_DONE) };
  } finally {
    shown?.end();
  }
}

async function judgeEach(session: Session, client: NasSyncClient, paths: readonly string[]): Promise<Judged> {
  const runs = new Map<string, GateReport['runs'][number]>();
  const errors = await forEachRun(session, paths, async (path) => {
    const report = await client.gate([path], { signal: session.signal });
    for (const run of report.runs) runs.set(run.runPath, run);
  });
  return { runs: [...runs.values()], errors };
}
