import { setTimeout as sleep } from 'node:timers/promises';
import { eventWhenDue } from '../cleanup/policy.js';
import { announce } from '../engine/emit-transition.js';
import type { Bay, Engine } from '../engine/engine.js';
import type { Work, WorkResult } from '../engine/job-task.js';
import { NasSyncError } from '../errors.js';
import type { WaitingFor } from '../machines/job-types.js';
import type { Advanced } from '../persistence/apply-event.js';
import type { Claimable } from '../persistence/claim-query.js';
import type { Job } from '../persistence/job.js';
import { Breaker } from './circuit-breaker.js';
import type { RecordClerk } from './record-updater.js';
import { releaseWork } from './stages/delete.js';
import { judgeWork } from './stages/evaluate.js';
import { pushWork } from './stages/push.js';
import { givenBack, type Stage } from './stages/stage-failure.js';
import { verifyWork } from './stages/verify.js';

const WORK: Readonly<Record<Stage, Work>> = {
  push: pushWork,
  verify: verifyWork,
  judge: judgeWork,
  release: releaseWork,
};

const LANE_EVENTS: ReadonlySet<string> = new Set(['push.deferred', 'verify.deferred', 'interlocks.unmet']);
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
  #reporting = false;
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
  async begin(which: Claimable, onEnd: () => void): Promise<boolean> {
    if (this.closed !== null) {
      this.#breaker.look(this.#leaving.signal, onEnd);
      return false;
    }
    const { clock } = this.#engine;
    const job = await this.#claim(which);
    if (job === null) return false;
    const abort = new AbortController();
    const ended = this.#run(job, abort.signal).finally(() => {
      this.#work = null;
      this.#engine.events.emit({ type: 'work.ended', at: clock.now(), jobId: job.jobId });
      onEnd();
    });
    this.#work = { job, abort, ended };
    return true;
  }

  async #claim(which: Claimable): Promise<Job | null> {
    const { store, clock, policies, steady, workerId } = this.#engine;
    for (;;) {
      const moment = { now: clock.now(), steady: steady.estimate };
      const { job, steps, more } = await store.jobs.claim({
        ...which,
        equipmentId: this.id,
        owner: workerId,
        at: moment.now,
        prefer: this.#prefer,
        eventFor: (due) => eventWhenDue(due, policies.inForce(this.id), moment),
      });
      this.#prefer = null;
      for (const step of steps) announce(this.#engine, step.job, step.event, step.from);
      if (!more) return job;
    }
  }

  /** Ends the work at hand if the store no longer holds its lease as it was granted. */
  checkLease(leased: ReadonlyMap<string, number>): void {
    if (this.#work === null || this.#reporting) return;
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
    try {
      let next: Job | null = job;
      while (next !== null) next = await this.#stage(next, signal);
    } catch (error) {
      await this.#lost(job, error);
    }
  }

  /** One piece of work; the job again where its result calls for another under the same lease. */
  async #stage(job: Job, signal: AbortSignal): Promise<Job | null> {
    const stage = stageOf(job);
    const result = await this.#resultOf(job, stage, signal);
    if (result === null) {
      await this.#engine.store.jobs.release(job.jobId, this.#engine.workerId);
      return null;
    }
    const closed = laneWait(result);
    if (closed !== null) this.#breaker.close(closed);
    const advanced = await this.#report(job, result);
    if (advanced.job.state === 'awaiting_verify' && stage === 'push') this.#prefer = job.jobId;
    return advanced.job.phase === 'deleting' && this.#work !== null ? advanced.job : null;
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
    // Between the commit and the next line the store holds another revision than we know of.
    this.#reporting = true;
    const advanced = await this.#engine.store.jobs
      .advance(job.jobId, event, { fence, ...(proof === undefined ? {} : { proof }) })
      .finally(() => (this.#reporting = false));
    if (this.#work !== null) this.#work = { ...this.#work, job: advanced.job };
    // Whoever waits for `verified` finds the record saying so.
    await this.#clerk.pay();
    announce(this.#engine, advanced.job, event.type, advanced.from);
    return advanced;
  }

  async #lost(job: Job, error: unknown): Promise<void> {
    const { logger } = this.#engine;
    if (error instanceof NasSyncError && error.code === 'lease_lost') {
      logger.info(
        { jobId: job.jobId, runPath: job.runPath },
        'the job was cancelled or changed hands; what came of the work here is dropped',
      );
      // On a full disk this fails too; the next heartbeats try again, and the process must not end by it.
      await this.#engine.store.jobs.release(job.jobId, this.#engine.workerId).catch((failure: unknown) => {
        logger.error({ jobId: job.jobId, runPath: job.runPath, error: failure }, 'the lease could not be given back');
      });
    } else {
      logger.error({ jobId: job.jobId, runPath: job.runPath, error }, 'the result of the work could not be stored');
    }
  }
}

function stageOf({ phase }: Job): Stage {
  if (phase === 'verifying') return 'verify';
  if (phase === 'judging') return 'judge';
  return phase === 'deleting' ? 'release' : 'push';
}

/** What a deferral says about the target rather than about the run. */
function laneWait({ event }: WorkResult): WaitingFor | null {
  if (!LANE_EVENTS.has(event.type) || !('waitingFor' in event)) return null;
  return event.waitingFor.find((wait) => LANE_WAITS.has(wait.name)) ?? null;
}
