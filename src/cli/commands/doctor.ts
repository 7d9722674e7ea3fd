import type { Command } from 'commander';
import { NasSyncClient, type DoctorReport } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, NOT_DONE } from '../exit-status.js';
import type { Session } from '../session.js';
import { databaseOf, readConfig } from '../settings.js';
import { showChecks } from '../views/doctor-progress.js';
import { doctorReport } from '../views/doctor-report.js';

const EXAMPLE = `
A small run of its own is brought to each target, proved, damaged, and removed again; no job is touched. Exit status
1 says that some check failed.

Example:
  nas-sync doctor
  nas-sync doctor CONFOCAL_01 --json`;

export const addDoctor: AddCommand = (program, conduct) => {
  program
    .command('doctor')
    .description('Check this computer and each transport with a trial run')
    .argument('[equipment...]', 'Check only these instruments')
    .addHelpText('after', EXAMPLE)
    .action((ids: string[], _: unknown, command: Command) => conduct(command, (session) => doctor(session, ids)));
};

async function doctor(session: Session, ids: readonly string[]): Promise<number> {
  const report = await examined(session, ids);
  session.answer(report, () => doctorReport(report, session.paint));
  return report.ok ? DONE : NOT_DONE;
}

/** Not raced against the wish to stop: what was written to a target goes first. */
async function examined(session: Session, equipmentIds: readonly string[]): Promise<DoctorReport> {
  const { options, signal } = session;
  const config = await readConfig(options);
  const client = new NasSyncClient({ config, ...databaseOf(options), drive: 'none' });
  const shown = session.quiet ? null : showChecks(session.screen);
  try {
    return await client.doctor({
      equipmentIds,
      signal,
      onBegin: (check) => shown?.begin(check),
      onCheck: (check) => {
        // Nobody will see the report.
        if (signal.aborted && !check.ok) session.complain(`${check.detail}; ${check.fix ?? ''}`);
      },
    });
  } finally {
    shown?.end();
    await client.close({ deadline: 0 });
  }
}
