import { CommanderError } from 'commander';
import { NasSyncError, printable } from '../index.js';
import { DONE, errorStatusOf, INTERRUPTED, USAGE } from './exit-status.js';
import { makeProgram } from './program.js';
import { Interrupted } from './with-client.js';

/** Runs one command line to its end and gives its exit status. Never throws. */
export async function runCommandLine(args: readonly string[], signal: AbortSignal): Promise<number> {
  let status = DONE;
  const program = makeProgram(signal, (ended) => (status = ended));
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    return explained(error);
  }
}

function explained(error: unknown): number {
  if (error instanceof CommanderError) return usageStatus(error);
  if (error instanceof Interrupted) {
    complain('interrupted; what was begun is back in the queue, and `nas-sync run` goes on with it');
    return INTERRUPTED;
  }
  complain(messageOf(error));
  if (process.env['NAS_SYNC_DEBUG'] === '1') console.error(error);
  return errorStatusOf(error);
}

const complain = (text: string): boolean => process.stderr.write(`nas-sync: ${printable(text)}\n`);

/** Asking for help or for the version is no error; help that was shown instead of a command is. */
function usageStatus(error: CommanderError): number {
  if (error.exitCode === 0) return DONE;
  if (error.code !== 'commander.help') {
    const [what = '', ...more] = error.message.replace(/^error: /u, '').split('\n');
    complain([what, ...more, '(see `nas-sync --help`)'].join(' '));
  }
  return USAGE;
}

/** An error that is not ours is a defect or the system's word; either way one line is what helps. */
function messageOf(error: unknown): string {
  if (error instanceof NasSyncError) return error.message;
  const message = error instanceof Error ? error.message : String(error);
  return `${message.split('\n')[0] ?? ''} (NAS_SYNC_DEBUG=1 shows where)`;
}
