import { NasSyncError, type ToolRun } from '../../errors.js';
import type { FileEntry, RunEntry } from '../../run/entry.js';
import { printable } from '../../run/printable.js';
import { RSYNC_TARGET_MODE } from '../../run/target-mode.js';
import type { PushResult } from '../transport.js';
import { OUTPUT_ARGS, RsyncProgressReader } from './parse-output.js';
import { planOf, sum, type Plan, type Pushing } from './plan-push.js';
import { NOTHING, type ServerListing } from './remote.js';
import { rsyncInTurn } from './retry-while-busy.js';
import { rsyncFailure } from './rsync-failure.js';

const CAP_LOOK_MS = 1000;
/** So much of one file is worth going on with; what is on its way when a connection is cut is less. */
const LASTING_BYTES = 64 * 1024 * 1024;

/** Sends what is not there yet. What is there counts only by its content; size and time prove nothing. */
export async function pushRun(pushing: Pushing): Promise<PushResult> {
  const { request, remote } = pushing;
  const present = (await remote.unlockAndList(request.target, request.signal)) ?? NOTHING;
  const plan = await planOf(pushing, present);
  const base = { bytes: sum(plan.inPlace), files: plan.inPlace.length };
  let round: Round = { plan, base, resume: present.partials };
  for (;;) {
    const { run, begun } = await transfer(pushing, round);
    if (run !== null) return { copiedFiles: plan.send.length, copiedBytes: sum(plan.send), tools: [run] };
    round = await whatIsLeft(pushing, round, begun, present);
  }
}

interface Round {
  readonly plan: Plan;
  readonly base: { readonly bytes: number; readonly files: number };
  readonly resume: boolean;
}

/** One rsync; `run` is `null` where a new cap has ended it in its middle. */
async function transfer({ request, remote, connection, copyLinks }: Pushing, round: Round) {
  const { plan, base } = round;
  const whole = sum(plan.send);
  const way = await remote.receive(request.target, request.signal);
  const cap = request.capKiBps();
  const reader = new RsyncProgressReader();
  const change = new AbortController();
  const watch = setInterval(() => {
    if (request.capKiBps() !== cap) change.abort(new CapChanged());
  }, CAP_LOOK_MS);
  const args = [
    '--from0',
    '--files-from=-',
    '--times',
    ...RSYNC_TARGET_MODE,
    copyLinks ? '--copy-links' : '--links',
    '--ignore-times',
    // With a part of a file there, only what is missing of it is sent; else looking for parts costs more than it saves.
    round.resume ? '--no-whole-file' : '--whole-file',
    `--timeout=${Math.max(1, Math.round(connection.silenceMs / 1000))}`,
    ...(cap === null ? [] : [`--bwlimit=${cap}`]),
    ...OUTPUT_ARGS,
    ...way.args,
    `${request.source}/`,
    way.place,
  ];
  try {
    const result = await rsyncInTurn(connection, args, {
      target: request.target,
      signal: AbortSignal.any([request.signal, change.signal]),
      silenceMs: () => connection.silenceMs * 2,
      input: [...plan.others, ...plan.send].map(nameOf).join(''),
      onOut: (line) => {
        const progress = reader.read(line);
        if (progress === null) return;
        const arrived = Math.max(0, reader.begun.length - 1);
        // Where nothing has to be sent, folders and links are gone through all the same.
        if (whole > 0 && (arrived > 0 || progress.bytes >= LASTING_BYTES)) request.onArrived();
        const files = base.files + Math.min(arrived, plan.send.length);
        const bytes = base.bytes + Math.min(progress.bytes, whole);
        request.onProgress({ bytes, files, currentFile: progress.current });
      },
    });
    const failure = result.run.exitCode === 0 ? null : rsyncFailure(result, connection.host, 'push');
    if (failure !== null) throw failure;
    requireAllBegun(plan.send, reader.begun, result.run);
    request.onProgress({ bytes: base.bytes + whole, files: base.files + plan.send.length, currentFile: null });
    return { run: result.run, begun: reader.begun };
  } catch (error) {
    if (!(error instanceof CapChanged)) throw error;
    return { run: null, begun: reader.begun };
  } finally {
    clearInterval(watch);
  }
}

class CapChanged extends Error {}

/**
 * `./` before every name: rsync would take some first letters for a comment. No slash after a folder: rsync would take
 * that for the files in it, too, and write those anew that are in place.
 */
const nameOf = ({ path }: RunEntry): string => `./${path}\0`;

/** An exit code of 0 is no evidence: each file must have been sent. */
function requireAllBegun(sent: readonly FileEntry[], begun: readonly string[], tool: ToolRun): void {
  const told = new Set(begun);
  const silent = sent.find((file) => !told.has(file.path));
  if (silent === undefined) return;
  throw new NasSyncError('unknown', `rsync ended well and never sent ${printable(silent.path)}`, { tool });
}

/**
 * After a new cap has ended a transfer in its middle: what has arrived whole is not sent again, and the file at hand
 * goes on where it was. A name that was there before with the same size says nothing, so it is sent again.
 */
async function whatIsLeft(
  { request, remote }: Pushing,
  { plan, base }: Round,
  begun: readonly string[],
  before: ServerListing,
): Promise<Round> {
  const now = (await remote.list(request.target, request.signal)) ?? NOTHING;
  const told = new Set(begun);
  const arrived = plan.send.filter(
    ({ path, identity: { size } }) => told.has(path) && now.files.get(path) === size && before.files.get(path) !== size,
  );
  const names = new Set(arrived.map((file) => file.path));
  return {
    plan: { ...plan, send: plan.send.filter((file) => !names.has(file.path)) },
    base: { bytes: base.bytes + sum(arrived), files: base.files + arrived.length },
    resume: now.partials,
  };
}
