import { announce } from '../engine/emit-transition.js';
import type { Engine } from '../engine/engine.js';
import { NasSyncError } from '../errors.js';
import type { WaitingFor } from '../machines/job-types.js';
import { endOrphans } from '../transports/process/orphans.js';
import { reviewResting } from './apply-new-policy.js';
import { Lane } from './lane.js';
import { LeaseKeeper } from './lease-keeper.js';
import { RecordClerk } from './record-updater.js';
import { undoFuture } from './reset-future-delays.js';

/** Crashes in a row after which a job is parked: a file that kills its reader must not do so for ever. */
const CRASH_LIMIT = 10;

export interface SchedulerOptions {
  /** Restricts this scheduler to these jobs; the set may grow. `null`: all. */
  readonly only: ReadonlySet<string> | null;
  /** Pushes and proves only: no proven run is looked at again here, and nothing is deleted. */
  readonly unprovenOnly: boolean;
}

/**
 * Claims what is due, lane by lane, and feeds what came of it back to the job. Woken by enqueue(), by a timer for the
 * next due time, and by other processes' commits; it never goes through the rows to see whether there is something.
 */
export class Scheduler {
  readonly #engine: Engine;
  readonly #lanes: readonly Lane[];
  readonly #keeper: LeaseKeeper;
  readonly #clerk: RecordClerk;
  readonly #which: SchedulerOptions;
  readonly #idleWaiters = new Set<() => void>();
  #unsubscribe: () => void = () => undefined;
  #disarm: () => void = () => undefined;
  #strays = new Map<string, number>();
  #turns = 0;
  /** The version of the policies under which what rests was last told when it is due. */
  #reviewed = 0;
  #open = false;
  #pumping: Promise<void> | null = null;
  #again = false;

  constructor(engine: Engine, options: SchedulerOptions) {
    this.#engine = engine;
    this.#which = options;
    this.#clerk = new RecordClerk(engine, () => this.#tellIdle());
    this.#lanes = [...engine.bays.values()].map((bay) => new Lane(bay, engine, this.#clerk));
    this.#keeper = new LeaseKeeper({
      store: engine.store,
      clock: engine.clock,
      workerId: engine.workerId,
      leaseMs: engine.config.scheduler.leaseSeconds * 1000,
      crashLimit: CRASH_LIMIT,
      onTick: () => this.#onTick(),
      onTicked: () => this.#tellIdle(),
      onError: (error) => this.#onBeatFailed(error),
    });
  }

  async start(): Promise<void> {
    // Before anything is claimed: the tools of a process that was killed may still be writing to a run's place.
    await endOrphans(await this.#engine.store.seals.queueId());
    await this.#engine.store.reserve.refill();
    await this.#keeper.start();
    await this.#engine.store.jobs.reviewSetAside();
    await this.#recover();
    await this.#engine.steady.now();
    await this.#undoFuture();
    await this.#reviewResting();
    this.#open = true;
    this.#unsubscribe = this.#engine.store.changes.subscribe(() => void this.recheck());
    this.wake();
  }

  /** Looks for due jobs now. Cheap, and safe to call at any time. */
  wake(): void {
    if (!this.#open) return;
    this.#again = true;
    this.#pumping ??= this.#pump();
  }

  /** Somebody else changed jobs: ends work whose lease is lost, and looks for due jobs. */
  async recheck(): Promise<void> {
    try {
      await this.#checkLeases();
      // A person may have accepted another policy in another process.
      await this.#engine.policies.refresh();
      if (this.#engine.policies.version !== this.#reviewed) await this.#reviewResting();
    } catch (error) {
      this.#engine.logger.error({ error }, 'the leases could not be checked');
    }
    this.wake();
  }

  /** Another policy counts: what rests under the old one is told anew, and what is due by the new one is worked on. */
  async followPolicy(): Promise<void> {
    await this.#reviewResting();
    this.wake();
  }

  /** What the waiting jobs of an equipment wait for while its target does not answer, or `null`. */
  laneClosed(equipmentId: string): WaitingFor | null {
    return this.#lanes.find((lane) => lane.id === equipmentId)?.closed ?? null;
  }

  /** Resolves when nothing is at work here and nothing is due that this process could take. */
  async idle(): Promise<void> {
    if (this.#isIdle) return;
    await new Promise<void>((resolve) => this.#idleWaiters.add(resolve));
  }

  /** Claims nothing more, lets the work at hand end until `deadlineMs` have passed, then gives it back. */
  async close(deadlineMs: number): Promise<void> {
    this.#open = false;
    this.#disarm();
    this.#unsubscribe();
    await this.#pumping;
    // The pump that was under way may have armed it anew.
    this.#disarm();
    await this.#drain(deadlineMs);
    await this.#clerk.pay();
    await this.#keeper.stop();
    this.#tellIdle();
  }

  get #isIdle(): boolean {
    return (
      this.#pumping === null &&
      !this.#again &&
      !this.#clerk.busy &&
      !this.#keeper.busy &&
      this.#lanes.every((lane) => !lane.busy)
    );
  }

  async #drain(deadlineMs: number): Promise<void> {
    const drainAll = (end: boolean) => Promise.all(this.#lanes.map((lane) => lane.drain(end)));
    if (deadlineMs <= 0) {
      await drainAll(true);
      return;
    }
    let disarm = (): void => undefined;
    const forced = new Promise<unknown>((resolve) => {
      disarm = this.#engine.clock.setTimer(() => resolve(drainAll(true)), deadlineMs);
    });
    await Promise.race([drainAll(false), forced]);
    disarm();
  }

  async #pump(): Promise<void> {
    while (this.#again && this.#open) {
      this.#again = false;
      try {
        void this.#clerk.pay();
        // Timers may fire a millisecond early: what was not due when the lanes were asked must be asked for again.
        const asOf = this.#engine.clock.now();
        await this.#fillLanes();
        await this.#armForNextDue(asOf);
      } catch (error) {
        this.#engine.logger.error({ error }, 'the scheduler could not read the queue; it tries again at the next beat');
      }
    }
    // In the step of the last look at #again: a wake() in between must start a pump of its own.
    this.#pumping = null;
    this.#tellIdle();
  }

  async #fillLanes(): Promise<void> {
    const free = this.#lanes.filter((lane) => !lane.busy).sort((a, b) => a.lastTurn - b.lastTurn);
    for (const lane of free) {
      const atWork = this.#lanes.filter((other) => other.busy).length;
      if (atWork >= this.#engine.config.scheduler.maxLanes || !this.#open) return;
      const began = await lane.begin(this.#which, () => this.#onWorkEnded(lane));
      if (!began) continue;
      lane.lastTurn = ++this.#turns;
      this.#tellLane(lane, 'working');
    }
  }

  /**
   * A job that is due and was not claimed just now is held up by a lane at work, here or elsewhere: the end of that
   * work wakes us. A timer for it would spin.
   */
  async #armForNextDue(asOf: number): Promise<void> {
    const { store, clock } = this.#engine;
    let next = Infinity;
    for (const lane of this.#lanes) {
      const due = await store.jobs.nextDue(lane.id, this.#which);
      if (due === null) continue;
      const at = Math.max(due, lane.closed?.until ?? due);
      if (at > asOf) next = Math.min(next, at);
    }
    this.#disarm();
    this.#disarm = next === Infinity ? () => undefined : clock.setTimer(() => this.wake(), next - clock.now());
  }

  #onWorkEnded(lane: Lane): void {
    this.#tellLane(lane, lane.closed === null ? 'idle' : 'closed');
    if (this.#open) this.wake();
    else this.#tellIdle();
  }

  #onBeatFailed(error: unknown): void {
    this.#engine.logger.error({ error }, 'the heartbeat failed');
    if (!(error instanceof NasSyncError) || error.code !== 'store_newer') return;
    // Whatever is at work could not be stored any more.
    for (const lane of this.#lanes) void lane.drain(true);
  }

  async #onTick(): Promise<void> {
    const { store, steady } = this.#engine;
    store.changes.check();
    await steady.now();
    await store.reserve.refill();
    await this.#recover();
    await this.#checkLeases();
    await this.#takeBackStrays();
    await this.#undoFuture();
    this.wake();
  }

  /**
   * A lease of ours that no lane works under since the last beat: the end of its work could not be stored, say on a full
   * disk. Nobody else would ever take it from a process that is alive.
   */
  async #takeBackStrays(): Promise<void> {
    const { store, clock, workerId } = this.#engine;
    const before = this.#strays;
    this.#strays = await store.jobs.leasedTo(workerId);
    for (const lane of this.#lanes) this.#strays.delete(lane.jobId ?? '');
    for (const [jobId, revision] of this.#strays) {
      if (before.get(jobId) !== revision) continue;
      const event = { type: 'interrupted', at: clock.now(), limit: CRASH_LIMIT, owner: workerId } as const;
      const { changed, job, from } = await store.jobs.advance(jobId, event, { fence: { owner: workerId, revision } });
      if (changed) announce(this.#engine, job, 'interrupted', from);
      else await store.jobs.release(jobId, workerId);
    }
  }

  async #undoFuture(): Promise<void> {
    for (const lane of this.#lanes) await undoFuture(this.#engine, { equipmentId: lane.id });
  }

  async #checkLeases(): Promise<void> {
    if (this.#lanes.every((lane) => !lane.busy)) return;
    const leased = await this.#engine.store.jobs.leasedTo(this.#engine.workerId);
    for (const lane of this.#lanes) lane.checkLease(leased);
  }

  async #reviewResting(): Promise<void> {
    this.#reviewed = this.#engine.policies.version;
    if (!this.#which.unprovenOnly && this.#which.only === null) await reviewResting(this.#engine);
  }

  async #recover(): Promise<void> {
    for (const { changed, job, from } of await this.#keeper.recover()) {
      if (changed) announce(this.#engine, job, 'interrupted', from);
    }
  }

  #tellLane(lane: Lane, state: 'idle' | 'working' | 'closed'): void {
    const because = state === 'closed' ? (lane.closed?.measured ?? null) : null;
    this.#engine.events.emit({ type: 'lane', at: this.#engine.clock.now(), equipmentId: lane.id, state, because });
  }

  #tellIdle(): void {
    if (this.#open && !this.#isIdle) return;
    for (const waiter of this.#idleWaiters) waiter();
    this.#idleWaiters.clear();
  }
}
