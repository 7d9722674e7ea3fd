import { examine, type DoctorOptions, type DoctorReport } from '../doctor/doctor.js';
import { EventBus } from '../events.js';
import type { Accountable } from '../gate/append-override.js';
import { createLiveStore, type LiveStore } from '../live/live-store.js';
import type { JobEvent, JobState } from '../machines/job-types.js';
import type { JobFilter } from '../persistence/job-store.js';
import type { Job } from '../persistence/job.js';
import { checkProof, proofOf, type CheckProofOptions, type ProofCheck, type ProofDocument } from '../proof/index.js';
import { restoreRun, type RestoreOptions, type RestoreResult } from '../restore/restore.js';
import { undoFuture } from '../scheduler/reset-future-delays.js';
import type { VerifyResult } from '../verify/compare.js';
import { acceptPolicy, type PolicyAccepted, type PolicyWord } from './accept-policy.js';
import { acceptRemoval, type AcceptRemovalOptions } from './accept-removal.js';
import { allowRetry } from './allow-retry.js';
import { cleanRun, type CleanOptions, type CleanResult } from './clean.js';
import { enqueueRun } from './enqueue.js';
import { explain, type Explanation } from './explain.js';
import {
  addOverride,
  overridesOf,
  revokeOverride,
  type NewOverride,
  type OverridesView,
  type OverrideView,
} from './gate-overrides.js';
import { gateReport, type GateOptions, type GateReport } from './gate.js';
import { blockedView, jobView, journalView, type JobView, type JournalView } from './job-view.js';
import { actOn, findJob, requireJob } from './jobs.js';
import { JournalFeed } from './journal-feed.js';
import { Lifecycle } from './lifecycle.js';
import { openAll, type Opened } from './open-engine.js';
import type { NasSyncClientOptions, Operator, RetryOptions, SyncJobHandle } from './options.js';
import { rebuildQueue, type RebuildOptions, type RebuildReport } from './rebuild.js';
import { withRecord, withRecords } from './record-mismatch.js';
import { passDue, verifyNow } from './verify-now.js';
import { whenIn, whenSettled, type SettledOptions } from './wait-for.js';

const DRAIN_MS = 10_000;

/**
 * The engine, embedded. Several clients, in one process or many, may share a database: each job is worked on by one.
 *
 * @example
 * const client = new NasSyncClient({ config: await loadConfig('config.yaml') });
 * await client.init();
 * await client.enqueue('/data/lab/CONFOCAL_01/Run_2026-11-22');
 * await client.waitFor('/data/lab/CONFOCAL_01/Run_2026-11-22', 'verified');
 * await client.close();
 */
export class NasSyncClient implements AsyncDisposable {
  /** Progress as it is now; a view for people, never a source of truth. */
  readonly live: LiveStore = createLiveStore();
  readonly #options: NasSyncClientOptions;
  readonly #events = new EventBus();
  readonly #own = new Set<string>();
  readonly #life: Lifecycle;

  constructor(options: NasSyncClientOptions) {
    this.#options = options;
    this.#life = new Lifecycle(() => openAll(options, this.#events, this.#own));
    this.#events.subscribe((event) => this.live.send(event));
  }

  /** Opens the store, recovers what a dead process left, and starts the scheduler. Idempotent. */
  async init(): Promise<void> {
    await this.#open();
  }

  /** Gate first; then the run has a job, new or as it was. @throws NasSyncError `run_not_found`, `run_outside_roots` */
  async enqueue(runPath: string): Promise<SyncJobHandle> {
    const { engine, scheduler } = await this.#open();
    const enqueued = await enqueueRun(engine, engine.validator, runPath);
    if (enqueued.job === null) return { ...blockedView(enqueued.runPath, enqueued.blockingFindings) };
    const { jobId, state } = enqueued.job;
    this.#own.add(jobId);
    scheduler?.wake();
    return { jobId, state, runPath: enqueued.runPath, blockingFindings: [] };
  }

  /** What the gate says of these runs, or of every run below the roots, in the queue or not. Changes nothing. */
  async gate(runs: readonly string[] | { readonly all: true }, options: GateOptions = {}): Promise<GateReport> {
    const { engine } = await this.#open();
    const signal = this.#orClosing(options.signal);
    return gateReport(engine, engine.validator, runs, { ...options, signal });
  }

  /**
   * Lets one class of findings pass, for this run. The record keeps who and why for good.
   * @throws NasSyncError `usage` for an unknown class or an end that has passed, and as {@link overrides}
   */
  async addOverride(runPath: string, override: NewOverride): Promise<OverrideView> {
    const { engine } = await this.#open();
    return addOverride(engine, engine.validator, runPath, override);
  }

  /** @throws NasSyncError `usage` for an unknown id, `not_allowed` for a revoked one, and as {@link overrides} */
  async revokeOverride(runPath: string, id: string, by: Accountable): Promise<OverrideView> {
    return revokeOverride((await this.#open()).engine, runPath, id, by);
  }

  /** @throws NasSyncError `run_not_found`, `run_outside_roots`, `record_missing`, `record_invalid` */
  async overrides(runPath: string): Promise<OverridesView> {
    return overridesOf((await this.#open()).engine, runPath);
  }

  /** Queues the runs below the roots that a lost queue held, by their records; what left stays away. With `dryRun`, tells only. */
  async rebuild(options: RebuildOptions = {}): Promise<RebuildReport> {
    return rebuildQueue(await this.#open(), { ...options, signal: this.#orClosing(options.signal) });
  }

  /** Why a run is where it is, and what would move it; of one without a job, what the gate says. */
  async explain(jobIdOrRunPath: string): Promise<Explanation> {
    const opened = await this.#open();
    return explain(opened.engine, jobIdOrRunPath, (job) => this.#view(job, opened), this.#life.signal);
  }

  async status(runPath: string): Promise<JobState | 'none'> {
    return (await findJob((await this.#open()).engine, runPath))?.state ?? 'none';
  }

  async job(jobIdOrRunPath: string): Promise<JobView | null> {
    const opened = await this.#open();
    const job = await findJob(opened.engine, jobIdOrRunPath);
    return job === null ? null : withRecord(job, this.#view(job, opened));
  }

  async jobs(filter: JobFilter = {}): Promise<JobView[]> {
    const opened = await this.#open();
    return withRecords(await opened.engine.store.jobs.list(filter), (job) => this.#view(job, opened));
  }

  /** The job's journal, oldest first. @throws NasSyncError `job_not_found` */
  async history(jobIdOrRunPath: string): Promise<JournalView[]> {
    const { engine } = await this.#open();
    const { jobId } = await requireJob(engine, jobIdOrRunPath);
    return (await engine.store.jobs.journal(jobId)).map(journalView);
  }

  /** Re-arms a failed job whose run passes the gate; one that waits for a wrong clock is due now. @throws NasSyncError `job_not_found`, `not_allowed`, `gate_blocked`, `usage` */
  async retry(jobIdOrRunPath: string, options: RetryOptions = {}): Promise<JobView> {
    const { engine } = await this.#open();
    const job = await requireJob(engine, jobIdOrRunPath);
    if (await undoFuture(engine, { jobId: job.jobId })) return this.#acted(() => requireJob(engine, job.jobId));
    const operator = await allowRetry(engine, job, options);
    const refusal = 'is not failed, so there is nothing to retry';
    return this.#act(jobIdOrRunPath, (at) => ({ type: 'retried', at, ...operator }), refusal);
  }

  /** Files that left the run for good are set aside on the NAS, and the run is proven without them. @throws as {@link retry} */
  acceptRemoval(jobIdOrRunPath: string, options: AcceptRemovalOptions): Promise<JobView> {
    return this.#acted((opened) => acceptRemoval(opened, jobIdOrRunPath, options));
  }

  /** Parks a job as failed with `cancelled`, and ends its work wherever it runs. @throws as {@link retry} */
  cancel(jobIdOrRunPath: string, operator: Operator = {}): Promise<JobView> {
    return this.#act(jobIdOrRunPath, (at) => ({ type: 'cancelled', at, ...operator }), 'cannot be cancelled');
  }

  /** Sends a verified job to its next pass now; damage that the pass finds is healed from the local copy. `damage`: the reason says what is wrong there, and is shown until then. */
  requestPass(jobIdOrRunPath: string, reason: string, { damage = false } = {}): Promise<JobView> {
    return this.#act(jobIdOrRunPath, passDue(reason, damage), 'is not verified, so no pass can be due');
  }

  /** Compares both sides now, of a cleaned run its proof with the NAS. Never advances the job. @throws NasSyncError `job_not_found`, `network`, `wrong_target` */
  async forceVerify(jobIdOrRunPath: string, { signal }: { signal?: AbortSignal } = {}): Promise<VerifyResult> {
    return verifyNow((await this.#open()).engine, jobIdOrRunPath, this.#orClosing(signal));
  }

  /** The job's proof as a document that stands alone. @throws NasSyncError `job_not_found`, `not_allowed`, `job_busy` */
  async proof(jobIdOrRunPath: string): Promise<ProofDocument> {
    const { engine } = await this.#open();
    return proofOf(engine, await requireJob(engine, jobIdOrRunPath));
  }

  /** Compares a proof with the NAS; the queue need not know its job. @throws NasSyncError `usage`, `wrong_target` */
  async checkProof(document: ProofDocument, { run, signal }: CheckProofOptions = {}): Promise<ProofCheck> {
    return checkProof((await this.#open()).engine, document, { run, signal: this.#orClosing(signal) });
  }

  /**
   * Lets a proven run go now, if every interlock holds; with `dryRun`, measures them and changes nothing.
   * @throws NasSyncError `job_not_found`, `not_allowed` for a run that is cleaned or where nothing may be, `job_busy`
   */
  async clean(jobIdOrRunPath: string, options: CleanOptions = {}): Promise<CleanResult> {
    const opened = await this.#open();
    const job = await requireJob(opened.engine, jobIdOrRunPath);
    this.#own.add(job.jobId);
    const signal = this.#orClosing(options.signal);
    return cleanRun(opened, job, { ...options, signal }, () => this.#moves(signal));
  }

  /** Lets the configured cleanup policy count where it permits more than the accepted one. Kept in the queue. */
  async acceptPolicy(word: PolicyWord): Promise<PolicyAccepted> {
    return acceptPolicy(await this.#open(), word);
  }

  /** Brings a run, or files of it, back from the NAS. @throws as {@link restoreRun} */
  async restore(jobIdOrRunPath: string, options: RestoreOptions = {}): Promise<RestoreResult> {
    const request = { ...options, signal: this.#orClosing(options.signal) };
    return this.#life.tidying.of(restoreRun((await this.#open()).engine, jobIdOrRunPath, request));
  }

  /**
   * Looks at this machine and each way to a NAS, with a trial run that is removed again; no job is touched.
   * @throws NasSyncError `usage` for an equipment that is not configured; the signal's reason, after the removal
   */
  async doctor(options: DoctorOptions = {}): Promise<DoctorReport> {
    const opening = this.#open().then(({ engine }) => engine);
    const signal = this.#orClosing(options.signal);
    return this.#life.tidying.of(examine(opening, this.#options.database, { ...options, signal }));
  }

  /** Resolves when the run's job is in `state` or has passed it; rejects with the job's error kind once it has failed instead. */
  async waitFor(jobIdOrRunPath: string, state: JobState, { signal }: { signal?: AbortSignal } = {}): Promise<JobView> {
    return whenIn(this.#moves(signal), () => this.job(jobIdOrRunPath), jobIdOrRunPath, state);
  }

  /** Resolves when none of these jobs can go on at once; with `patient`, later times are waited for too. */
  async settled(jobIds: readonly string[], { signal, ...how }: SettledOptions = {}): Promise<JobView[]> {
    const { clock } = (await this.#open()).engine;
    return whenSettled(
      this.#moves(signal),
      () => this.jobs({ jobIds }),
      () => clock.now(),
      how,
    );
  }

  /** Journal entries of all jobs, as they are committed by this process or another. */
  async *watch({ signal }: { signal?: AbortSignal } = {}): AsyncGenerator<JournalView & { jobId: string }> {
    const { engine } = await this.#open();
    const feed = new JournalFeed(engine.store, this.#events).follow(this.#orClosing(signal));
    for await (const entry of feed) yield { jobId: entry.jobId, ...journalView(entry) };
  }

  /** Resolves when this client's scheduler has nothing left that is due and free to take. */
  async idle(): Promise<void> {
    await (await this.#open()).scheduler?.idle();
  }

  /**
   * Claims nothing more, gives the work at hand `deadline` ms to end, ends it otherwise, and gives every lease back.
   * Idempotent.
   */
  close({ deadline = DRAIN_MS }: { deadline?: number } = {}): Promise<void> {
    return this.#life.close(deadline);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #open(): Promise<Opened> {
    return this.#life.open();
  }

  #act(jobIdOrRunPath: string, eventAt: (at: number) => JobEvent, refusal: string): Promise<JobView> {
    return this.#acted((opened) => actOn(opened, jobIdOrRunPath, eventAt, refusal));
  }

  async #acted(act: (opened: Opened) => Promise<Job>): Promise<JobView> {
    const opened = await this.#open();
    const job = await act(opened);
    this.#own.add(job.jobId);
    await opened.scheduler?.recheck();
    return this.#view(job, opened);
  }

  /** Steps at once, and whenever some job may have moved; ends by an error, as the caller's wish or ours. */
  async *#moves(signal: AbortSignal | undefined): AsyncGenerator<void> {
    const { engine } = await this.#open();
    const either = this.#orClosing(signal);
    yield* new JournalFeed(engine.store, this.#events).moves(either);
    throw either.reason;
  }

  #orClosing(signal: AbortSignal | undefined): AbortSignal {
    return this.#life.orClosing(signal);
  }

  #view(job: Job, { engine, scheduler }: Opened): JobView {
    return jobView(job, {
      isConfigured: (equipmentId) => engine.bays.has(equipmentId),
      laneClosed: (equipmentId) => scheduler?.laneClosed(equipmentId) ?? null,
    });
  }
}
