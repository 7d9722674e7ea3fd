import { measure, type Measured } from '../cleanup/evaluate-interlocks.js';
import { ACCEPT_IT, NOT_ACCEPTED } from '../cleanup/policy.js';
import type { PolicyInForce } from '../engine/accepted-policies.js';
import { announce } from '../engine/emit-transition.js';
import { NasSyncError } from '../errors.js';
import type { Interlock, JobEvent, Kept } from '../machines/job-types.js';
import type { Job, JournalEntry } from '../persistence/job.js';
import { assertWordsFit, keepWords, wordsOf, type DeletionWords } from './deletion-grants.js';
import { interlockView, type InterlockView } from './deletion-view.js';
import type { Opened } from './open-engine.js';
import type { Operator } from './options.js';

export interface CleanOptions extends Operator {
  readonly dryRun?: boolean;
  /** A person's word that this run may go though it holds no files; for its present proof only. */
  readonly empty?: { readonly reason: string };
  /** A person's word that what only the NAS has in the run's place may stay there: these files, and no others. */
  readonly extra?: { readonly reason: string };
  readonly signal?: AbortSignal;
}

/** What became of a run that was to be let go. `files` and `bytes` are those that are gone, or in a dry run would be. */
export interface CleanResult {
  readonly runPath: string;
  readonly deleted: boolean;
  /** What stays, and why. */
  readonly refused: readonly Kept[];
  readonly interlocks: readonly InterlockView[];
  readonly files: number;
  readonly bytes: number;
}

/** How a deletion ends. What goes on by itself (a pass for damage, say) ends it too: this time nothing is let go. */
const ENDS: ReadonlySet<string> = new Set<JobEvent['type']>([
  'cleanup.succeeded',
  'cleanup.trashed',
  'cleanup.refused',
  'cleanup.failed',
  'interlocks.unmet',
  'pass.due',
  'run.changed',
  'cancelled',
]);

export async function cleanRun(
  opened: Opened,
  job: Job,
  options: CleanOptions & { readonly signal: AbortSignal },
  moves: () => AsyncIterable<void>,
): Promise<CleanResult> {
  const { engine } = opened;
  const { dryRun = false, signal } = options;
  requireAllowed(job, engine.policies.inForce(job.equipmentId));
  const words = wordsOf(options, engine.clock.now());
  const measured = await measureFor(opened, job, signal, { content: dryRun, ...words });
  assertWordsFit(job, measured, words);
  if (dryRun || measured.interlocks.some(({ ok }) => !ok)) return asMeasured(job, measured);

  const since = (await engine.store.jobs.journal(job.jobId)).at(-1)?.seq ?? 0;
  await comeDue(opened, job, await operatorOf(opened, job, measured, options, words));
  for await (const _ of moves()) {
    const journal = (await engine.store.jobs.journal(job.jobId)).filter(({ seq }) => seq > since);
    const end = journal.find((entry) => ENDS.has(entry.event));
    if (end !== undefined) return asEnded(job, lastMeasured(journal) ?? measured.interlocks, end);
  }
  throw signal.reason;
}

/** Who asks for it and why, for the journal. Words for a run that is empty, or for extra files, are kept first. */
async function operatorOf(
  { engine }: Opened,
  job: Job,
  measured: Measured,
  { by, reason }: Operator,
  words: DeletionWords,
): Promise<Operator> {
  const why = (await keepWords(engine, job, measured, words)) ?? reason;
  return { ...(by !== undefined && { by }), ...(why !== undefined && { reason: why }) };
}

/** Whoever drives the job judges it now. */
async function comeDue({ engine, scheduler }: Opened, { jobId }: Job, who: Operator): Promise<void> {
  const at = engine.clock.now();
  const event: JobEvent = { type: 'cleanup.scheduled', at, until: at, waitingFor: [], ...who };
  const advanced = await engine.store.jobs.advance(jobId, event);
  if (!advanced.changed) throw notStarted(advanced.job);
  announce(engine, advanced.job, event.type, advanced.from);
  scheduler?.wake();
}

function requireAllowed(job: Job, { enabled, unaccepted }: PolicyInForce): void {
  if (job.state === 'cleaned') throw new NasSyncError('not_allowed', `${job.runPath} is cleaned already`);
  if (unaccepted) throw new NasSyncError('not_allowed', `${NOT_ACCEPTED}, so nothing is deleted: ${ACCEPT_IT}`);
  if (!enabled) {
    throw new NasSyncError('not_allowed', 'nas_cleanup.enabled is false: nothing is deleted; set it to true first');
  }
  if (job.leaseOwner !== null) throw busy(job);
}

const busy = (job: Job): NasSyncError =>
  new NasSyncError('job_busy', `${job.runPath} is being worked on; clean it when that has ended`);

const notNow = ({ runPath, state }: Job): NasSyncError =>
  new NasSyncError('not_allowed', `${runPath} is ${state}; only a run that is verified can be let go`);

const notStarted = (job: Job): NasSyncError => (job.leaseOwner === null ? notNow(job) : busy(job));

function measureFor(
  { engine }: Opened,
  job: Job,
  signal: AbortSignal,
  options: Parameters<typeof measure>[1],
): Promise<Measured> {
  const bay = engine.bays.get(job.equipmentId);
  if (bay === undefined || job.context === null) {
    throw new NasSyncError('not_configured', `equipment ${job.equipmentId} is no longer in the config; add it back`);
  }
  return measure({ job, context: job.context, bay, engine, signal }, options).finally(() =>
    engine.events.emit({ type: 'work.ended', at: engine.clock.now(), jobId: job.jobId }),
  );
}

/** As they stood when they allowed it: both sides had been read again by then. */
function lastMeasured(journal: readonly JournalEntry[]): readonly Interlock[] | null {
  const intent = journal.find(({ event }) => event === 'interlocks.satisfied');
  return (intent?.detail as { interlocks?: readonly Interlock[] } | undefined)?.interlocks ?? null;
}

const asMeasured = (job: Job, { interlocks, kept, proof }: Measured): CleanResult => ({
  runPath: job.runPath,
  deleted: false,
  refused: kept,
  interlocks: interlocks.map(interlockView),
  files: proof?.files.size ?? 0,
  bytes: proof?.proof.bytes ?? 0,
});

function asEnded(job: Job, measured: readonly Interlock[], { event, detail }: JournalEntry): CleanResult {
  const said = detail as { files?: number; bytes?: number; kept?: Kept[]; message?: string; reason?: string };
  const unmet = (detail as { waitingFor?: { name: string; measured: string; required: string }[] }).waitingFor ?? [];
  const why = said.message ?? said.reason ?? unmet.map((wait) => wait.measured).join('; ');
  const interlocks = measured.map((one) => {
    const judged = event === 'interlocks.unmet' || event === 'pass.due';
    const now = judged ? unmet.find(({ name }) => name === one.name) : undefined;
    return interlockView(now === undefined ? one : { ...one, ...now, ok: false });
  });
  const deleted = event === 'cleanup.succeeded';
  return {
    runPath: job.runPath,
    deleted,
    refused: said.kept ?? (deleted ? [] : [{ path: '.', reason: why }]),
    interlocks,
    files: said.files ?? 0,
    bytes: said.bytes ?? 0,
  };
}
