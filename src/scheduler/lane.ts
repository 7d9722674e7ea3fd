import { setTimeout as sleep } from 'node:timers/promises';
import { NasSyncError } from '../errors.js';
import type { WaitingFor } from '../machines/job-types.js';
import type { Advanced } from '../persistence/apply-event.js';
import type { Job } from '../persistence/job.js';
import { announce } from './announce.js';
import { Breaker } from './breaker.js';
import type { Bay, Engine } from './engine.js';
import { pushWork } from './push-work.js';
import type { RecordClerk } from './records.js';
import { verifyWork } from './verify-work.js';
import { givenBack } from './work-failure.js';
import type { Work, WorkResult } from './work.js';

type Stage = 'push' | 'verify';
const WORK: Readonly<Record<Stage, Work>> = { push: pushWork, verify: verifyWork };

const LANE_WAITS: ReadonlySet<string> = new Set(['target_reachable', 'tool_installed']);

/** Longer than the byte pool gives its threads. */
const STALLED_MS = 8000;

/** Why a piece of work is ended from outside: the process leaves in order, or the job is no longer ours. */
class WorkEnded extends Error {
  readonly because: 'closing' | 'lease_lost';

  constructor(because: 'closing' | 'lease_lost') {
    super(because);
    this.because = because;
  }
}

/** The jobs of one equipment, one at a time. */
export class Lane {
  readonly bay: Bay;
  readonly #engine: Engine;
  readonly #clerk: RecordClerk;
  #work: { readonly job: Job; readonly abort: AbortController; readonly ended: Promise<void> } | null = null;
  /** The job whose push has just ended here: its comparison comes before the next push. */
  #prefer: string | null = null;
  /** Rises with each turn: the lane that had its turn longest ago comes first. */
  lastTurn = 0;
  readonly #breaker: Breaker;
  readonly #leaving = new AbortController();

  constructor(bay: Bay, engine: Engine, clerk: RecordClerk) {
    this.bay = bay;
    this.#engine = engine;
    this.#clerk = clerk;
    this.#breaker = new Breaker(bay, engine);
  }

  get busy(): boolean {
    return this.#work !== null || this.#breaker.probing;
  }

  /** What every job of the lane waits for while its target does not answer, or `null`. */
  get closed(): WaitingFor | null {
    return this.#breaker.wait;
  }

  /** The job at work here, or `null`. */
  get jobId(): string | null {
    return this.#work?.job.jobId ?? null;
  }

  get id(): string {
    return this.bay.equipment.id;
  }

  /** Takes the lane's most due job and works on it; `false` if there is none, or it is at work in another process. */
  async begin(only: ReadonlySet<string> | null, onEnd: () => void): Promise<boolean> {
    if (this.closed !== null) {
      this.#breaker.look(this.#leaving.signal, onEnd);
      return false;
    }
    const { store, clock, workerId } = this.#engine;
    const job = await store.jobs.claim({
      equipmentId: this.id,
      owner: workerId,
      at: clock.now(),
      only,
      prefer: this.#prefer,
    });
    this.#prefer = null;
    if (job === null) return false;
    announce(this.#engine, job, 'claimed', job.phase === 'verifying' ? 'awaiting_verify.waiting' : 'queued');
    const abort = new AbortController();
    const ended = this.#run(job, abort.signal).finally(() => {
      this.#work = null;
      this.#engine.events.emit({ type: 'work.ended', at: clock.now(), jobId: job.jobId });
      onEnd();
    });
    this.#work = { job, abort, ended };
    return true;
  }

  /** Ends the work at hand if the store no longer holds its lease as it was granted. */
  checkLease(leased: ReadonlyMap<string, number>): void {
    if (this.#work === null) return;
    const { job, abort } = this.#work;
    if (leased.get(job.jobId) !== job.revision) abort.abort(new WorkEnded('lease_lost'));
  }

  /** Resolves when no work is at hand; with `end`, the work at hand is ended and the job given back. */
  async drain(end: boolean): Promise<void> {
    this.#leaving.abort(new WorkEnded('closing'));
    if (end) this.#work?.abort.abort(new WorkEnded('closing'));
    const ended = Promise.all([this.#work?.ended, this.#breaker.settle()]);
    // A call on a stalled share may never come back; what its job is then, the lease keeper settles.
    await (end ? Promise.race([ended, sleep(STALLED_MS, undefined, { ref: false })]) : ended);
  }

  async #run(job: Job, signal: AbortSignal): Promise<void> {
    const stage: Stage = job.phase === 'verifying' ? 'verify' : 'push';
    try {
      const result = await this.#resultOf(job, stage, signal);
      if (result === null) {
        await this.#engine.store.jobs.release(job.jobId, this.#engine.workerId);
        return;
      }
      const closed = laneWait(result);
      if (closed !== null) this.#breaker.close(closed);
      const advanced = await this.#report(job, result);
      if (advanced.job.state === 'awaiting_verify' && stage === 'push') this.#prefer = job.jobId;
    } catch (error) {
      await this.#lost(job, error);
    }
  }

  /** `null`: the job is no longer ours, and whatever came of the work is not ours to tell. */
  async #resultOf(job: Job, stage: Stage, signal: AbortSignal): Promise<WorkResult | null> {
    const { context } = job;
    if (context === null) return null;
    try {
      return await WORK[stage]({ job, context, bay: this.bay, engine: this.#engine, signal });
    } catch (error) {
      if (!signal.aborted) throw error;
      const reason: unknown = signal.reason;
      if (reason instanceof WorkEnded && reason.because === 'lease_lost') return null;
      return { event: givenBack(stage, this.#engine.clock.now()) };
    }
  }

  async #report(job: Job, { event, proof }: WorkResult): Promise<Advanced> {
    const fence = { owner: this.#engine.workerId, revision: job.revision };
    const advanced = await this.#engine.store.jobs.advance(job.jobId, event, {
      fence,
      ...(proof === undefined ? {} : { proof }),
    });
    // Whoever waits for `verified` finds the record saying so.
    await this.#clerk.pay();
    announce(this.#engine, advanced.job, event.type, advanced.from);
    return advanced;
  }

  async #lost(job: Job, error: unknown): Promise<void> {
    const { logger } = this.#engine;
    if (error instanceof NasSyncError && error.code === 'lease_lost') {
      await this.#engine.store.jobs.release(job.jobId, this.#engine.workerId);
      logger.info(
        { jobId: job.jobId, runPath: job.runPath },
        'the job was cancelled or changed hands; what came of the work here is dropped',
      );
    } else {
      logger.error({ jobId: job.jobId, runPath: job.runPath, error }, 'the result of the work could not be stored');
    }
  }
}

/** What a deferral says about the target rather than about the run. */
function laneWait({ event }: WorkResult): WaitingFor | null {
  if (event.type !== 'push.deferred' && event.type !== 'verify.deferred') return null;
  return event.waitingFor.find((wait) => LANE_WAITS.has(wait.name)) ?? null;
}
