import { lstat } from 'node:fs/promises';
import { isAbsolute, join, posix } from 'node:path';
import { canonicalRun } from '../config/canonical-path.js';
import { bayOf, type Engine } from '../engine/engine.js';
import { absentFrom, namedThere } from '../engine/prior-proof.js';
import { isAmong, readNamesOnNas, removedFrom } from '../engine/removed-names.js';
import { NasSyncError } from '../errors.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';
import { unlessGone } from '../run/fs/null-if-missing.js';
import { printable } from '../run/printable.js';
import { RECORD_FOLDER } from '../run/record/record-folder.js';
import { shellWord } from '../run/shell-quote.js';
import { walkRun } from '../run/walk.js';
import { DigestBook } from '../verify/digest-cache.js';
import { assertReason } from './assert-reason.js';
import { enqueueRun } from './enqueue.js';
import { requireEligible } from './gate.js';
import { actOn, findJob } from './jobs.js';
import type { Opened } from './open-engine.js';
import type { Operator } from './options.js';

/** A question to the NAS that nobody waits for longer than the transport does. */
const ALWAYS = new AbortController().signal;

export interface AcceptRemovalOptions extends Operator {
  /** Files and folders by their paths in the run; else all that this queue put on the NAS and the run no longer has. */
  readonly files?: readonly string[];
  readonly reason: string;
}

/** States in which nothing is at work on the run, and a removal means anything. */
const STATES: ReadonlySet<string> = new Set(['queued', 'awaiting_verify', 'verified', 'cleanup_eligible', 'failed']);

/**
 * Keeps an operator's word that these files left the run for good: the next push sets their copies aside on the NAS, and
 * the next pass proves the run without them. A run that the queue does not know is queued with that word.
 * @throws NasSyncError `usage`, `not_allowed`, `gate_blocked`, `local_file_vanished`, and as an enqueue does
 */
export async function acceptRemoval(opened: Opened, jobIdOrRunPath: string, options: AcceptRemovalOptions) {
  const { engine } = opened;
  assertReason(options.reason, 'a removal');
  const known = await findJob(engine, jobIdOrRunPath);
  const job = known ?? (await enqueueWithout(engine, jobIdOrRunPath, options.files ?? []));
  assertMayShrink(job);
  if (job.state === 'failed') await requireEligible(engine, engine.validator, job.runPath);
  const paths = await removedPaths(engine, job, options.files ?? []);
  const word = await keepWord(engine, job, paths, options);
  if (job.state === 'queued') return job;
  return actOn(opened, job.jobId, eventOf(job, word, options), 'cannot be pushed anew now');
}

/** @throws NasSyncError `gate_blocked` */
async function enqueueWithout(engine: Engine, path: string, files: readonly string[]): Promise<Job> {
  const runPath = await canonicalRun(path);
  const names = files.map((name) => nameInRun(name, runPath));
  const mayLack = names.length === 0 ? () => true : isAmong(names);
  const { job } = await enqueueRun(engine, engine.validator, runPath, mayLack);
  if (job !== null) return job;
  throw new NasSyncError('gate_blocked', `${printable(runPath)} is refused; look at \`nas-sync gate\` first`);
}

const eventOf =
  ({ state }: Job, reason: string, { by }: Operator) =>
  (at: number): JobEvent =>
    state === 'failed'
      ? { type: 'retried', at, reason, ...(by === undefined ? {} : { by }) }
      : { type: 'run.changed', at, reason: by === undefined ? reason : `${printable(by)}: ${reason}` };

async function removedPaths(engine: Engine, job: Job, files: readonly string[]): Promise<readonly string[]> {
  if (files.length > 0) return namedRemoved(job.runPath, files);
  const bay = bayOf(engine, job.equipmentId);
  const walk = await walkRun(job.runPath, {
    links: bay.equipment.transport.links,
    isExcluded: bay.names.isExcluded,
  });
  const book = await DigestBook.open(job.jobId, engine.store.digests);
  const gone = removedFrom(await readNamesOnNas(engine, job, book), walk, bay.names).paths;
  // Of a queue that was lost, only the NAS knows what it put there.
  const named = gone.length > 0 ? null : await namedThere(bay.transport, job.targetPath, ALWAYS);
  const paths = named === null ? gone : absentFrom(walk, named.keys());
  if (paths.length > 0) return paths;
  throw new NasSyncError(
    'usage',
    `nothing that nas-sync put on the NAS is missing in ${printable(job.runPath)}; name what else is to be set aside there`,
  );
}

/** Gives what the journal shall say. */
async function keepWord(engine: Engine, job: Job, paths: readonly string[], { by, reason }: AcceptRemovalOptions) {
  const word = { setAsideTo: null, at: engine.clock.now(), operator: by ?? 'unknown', reason };
  await engine.store.removals.add(
    job.jobId,
    paths.map((path) => ({ path, ...word })),
  );
  const others = paths.length === 1 ? '' : ` and ${paths.length - 1} more`;
  return `accept the removal of ${printable(paths[0] ?? '')}${others}: ${reason}`;
}

function assertMayShrink({ state, leaseOwner, context, runPath }: Job): void {
  const run = printable(runPath);
  if (context?.releasing != null) {
    throw new NasSyncError(
      'not_allowed',
      `the deletion of ${run} has begun, and what it proves stays proven; \`nas-sync restore ${shellWord(runPath)}\` brings files back`,
    );
  }
  if (STATES.has(state) && leaseOwner === null) return;
  throw new NasSyncError('not_allowed', `${run} is ${state}: wait until its work has ended, then say it again`);
}

async function namedRemoved(runPath: string, given: readonly string[]): Promise<readonly string[]> {
  const paths = [...new Set(given.map((name) => nameInRun(name, runPath)))];
  for (const path of paths) {
    if ((await unlessGone(lstat(join(runPath, path)))) === null) continue;
    throw new NasSyncError('usage', `${printable(path)} is in the run, so it was not removed; nothing was changed`);
  }
  return paths;
}

/** @throws NasSyncError `usage` for what is no plain path of the run's own data */
function nameInRun(given: string, runPath: string): string {
  const below = isAbsolute(given) && given.startsWith(`${runPath}/`) ? given.slice(runPath.length + 1) : given;
  const path = posix.normalize(below).replace(/\/$/u, '');
  const names = path.split('/');
  const isPlain = path !== '.' && !isAbsolute(path) && !path.includes('\0') && !names.includes('..');
  if (isPlain && names[0] !== RECORD_FOLDER) return path;
  throw new NasSyncError('usage', `${printable(given)} is no file or folder of the run's data`);
}
