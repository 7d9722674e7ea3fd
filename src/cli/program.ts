import { Command } from 'commander';
import { ownVersion } from '../index.js';
import type { AddCommand, Conduct } from './command.js';
import { addAcceptRemoval } from './commands/accept-removal.js';
import { addAdopt } from './commands/adopt.js';
import { addCancel } from './commands/cancel.js';
import { addClean } from './commands/clean.js';
import { addDiagram } from './commands/diagram.js';
import { addDoctor } from './commands/doctor.js';
import { addEnqueue } from './commands/enqueue.js';
import { addExplain } from './commands/explain.js';
import { addGate } from './commands/gate.js';
import { addHistory } from './commands/history.js';
import { addInit } from './commands/init.js';
import { addOverride } from './commands/override.js';
import { addProof } from './commands/proof.js';
import { addRebuild } from './commands/rebuild.js';
import { addRestore } from './commands/restore.js';
import { addRetry } from './commands/retry.js';
import { addRun } from './commands/run.js';
import { addStatus } from './commands/status.js';
import { addSync } from './commands/sync.js';
import { addVerify } from './commands/verify.js';
import { Session, type GlobalOptions } from './session.js';

const COMMANDS: readonly AddCommand[] = [
  addInit,
  addDoctor,
  addAdopt,
  addGate,
  addOverride,
  addEnqueue,
  addSync,
  addRun,
  addStatus,
  addExplain,
  addHistory,
  addRetry,
  addAcceptRemoval,
  addCancel,
  addVerify,
  addClean,
  addProof,
  addRestore,
  addRebuild,
  addDiagram,
];

/** The grammar of the command line. Nothing in it ends the process. */
export function makeProgram(signal: AbortSignal, onEnd: (status: number) => void): Command {
  const program = withGlobals(new Command('nas-sync'));
  const conduct: Conduct = async (command, work) => {
    onEnd(await work(new Session(command.optsWithGlobals<GlobalOptions>(), signal)));
  };
  for (const add of COMMANDS) add(program, conduct);
  return program;
}

const withGlobals = (program: Command): Command =>
  program
    .description('Copy finished instrument runs to a NAS and verify them')
    .version(ownVersion(), '--version', 'Print the version')
    .option('--config <file>', 'Configuration file (or set NAS_SYNC_CONFIG)')
    .option('--db <file|url>', 'Queue (default: `database` of the configuration)')
    .option('--json', 'Print one JSON document to stdout')
    .option('--quiet', 'Show no progress and no hints')
    .option('--no-color', 'Use no colours (or set NO_COLOR)')
    .helpOption('--help', 'Show this help')
    .helpCommand(false)
    .configureOutput({ outputError: () => undefined })
    .exitOverride()
    .addHelpText('after', EPILOGUE)
    .addHelpText('afterAll', ({ command }) => (command.parent === null ? '' : GLOBAL_OPTIONS));

const GLOBAL_OPTIONS = '\nRun `nas-sync --help` for the options that every command takes, and for the exit status.';

const EPILOGUE = `
Exit status: 0 done; 1 a job failed or the work could not be done; 2 wrong usage or configuration; 3 the gate
refused; 4 the NAS copy does not match; 5 another process owns it; 130 interrupted, after a clean stop.

Example:
  nas-sync init --equipment CONFOCAL_01 --local-root /data/lab --target /mnt/nas/lab
  nas-sync adopt /data/lab/Run_1
  nas-sync sync /data/lab/Run_1`;
