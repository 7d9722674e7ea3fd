import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Command } from 'commander';
import { NasSyncError, parseProof, type ProofCheck } from '../../index.js';
import type { AddCommand } from '../command.js';
import { DONE, MISMATCH } from '../exit-status.js';
import { findJob, systemCodeOf } from '../lookup.js';
import type { Session } from '../session.js';
import { assertQueueExists } from '../settings.js';
import { checkReport, proofText, summaryOf } from '../views/proof-text.js';
import { countsOf, isHeld } from '../views/verify-report.js';
import { withClient } from '../with-client.js';

const EXAMPLE = `
The document stands alone: files, hashes, passes, interlocks, who and when, and a SHA-256 over all of it. With --check
it is compared with what the NAS holds now; neither the queue nor this workstation needs to know the run any more.
Exit status 4 says that the NAS holds something else or more, or that the document was altered.

Example:
  nas-sync proof /data/lab/CONFOCAL_01/Run_1 > Run_1.proof.json
  nas-sync proof /data/lab/CONFOCAL_01/Run_1 --check Run_1.proof.json`;

export const addProof: AddCommand = (program, conduct) => {
  program
    .command('proof')
    .description('Print the proof of a run, or compare one with the NAS')
    .argument('<run>', 'Folder of the run, or ID of its job')
    .option('--check <file>', 'Proof to compare with the NAS (- reads standard input)')
    .addHelpText('after', EXAMPLE)
    .action((run: string, { check }: { check?: string }, command: Command) =>
      conduct(command, (session) => (check === undefined ? print(session, run) : compare(session, run, check))),
    );
};

async function print(session: Session, run: string): Promise<number> {
  await assertQueueExists(session.options);
  const document = await withClient(session, 'none', async (client) =>
    client.proof((await findJob(client, run)).jobId),
  );
  session.answer(document, () => [proofText(document)]);
  session.hint(summaryOf(document));
  return DONE;
}

async function compare(session: Session, run: string, file: string): Promise<number> {
  const document = parseProof(await bytesOf(file));
  const check = await withClient(session, 'none', (client) =>
    client.checkProof(document, { run, signal: session.signal }),
  );
  session.answer(check, () => checkReport(check, session.paint));
  if (check.ok) return DONE;
  session.complain(whatToDo(check));
  return MISMATCH;
}

function whatToDo(check: ProofCheck): string {
  const counts = countsOf(check);
  if (isHeld(check)) return `${check.runPath}: the NAS holds all that the proof names, and more (${counts})`;
  return `${check.runPath}: the NAS does not hold what the proof names (${counts}); while the run is still here, \`nas-sync verify\` calls for its healing`;
}

async function bytesOf(file: string): Promise<Uint8Array> {
  if (file === '-') return buffer(process.stdin);
  try {
    return await readFile(file);
  } catch (error) {
    throw new NasSyncError('usage', `${resolve(file)} cannot be read (${systemCodeOf(error)})`, {
      cause: error,
    });
  }
}
