import { runCommandLine } from './command-line.js';
import { DONE, INTERRUPTED, NOT_DONE } from './exit-status.js';
import { systemCodeOf } from './lookup.js';
import { Interrupted } from './with-client.js';

const LINGER_MS = 3000;

const stop = new AbortController();

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(INTERRUPTED);
    stop.abort(new Interrupted(name));
  });
}

let outputFailed = false;
process.stdout.on('error', (error: Error) => {
  // The reader has seen enough, as `head` does.
  if (systemCodeOf(error) === 'EPIPE') return;
  outputFailed = true;
  process.stderr.write(`nas-sync: the result could not be written: ${error.message}\n`);
});
// The terminal is gone, and with it whoever would read this.
process.stderr.on('error', () => undefined);

const status = await runCommandLine(process.argv.slice(2), stop.signal);
// What cannot be ended, such as a read from a dead share, must not keep a process here that has said all it had to say.
if (status === INTERRUPTED) process.exit(INTERRUPTED);
setTimeout(leave, LINGER_MS).unref();
process.exitCode = status;
process.on('exit', () => {
  if (outputFailed && status === DONE) process.exitCode = NOT_DONE;
});

function leave(): void {
  if (process.stdout.writableLength === 0) process.exit();
}
