import { eventWhenDue } from '../cleanup/policy.js';
import { announce } from '../engine/emit-transition.js';
import type { Engine } from '../engine/engine.js';
import type { JobEvent } from '../machines/job-types.js';
import type { Job } from '../persistence/job.js';

/** After a start the policy may be another one: what rests under the old one is told when it is looked at next. */
export async function reviewResting(engine: Engine): Promise<void> {
  const { store, clock, steady } = engine;
  const resting = await store.jobs.list({
    states: ['verified', 'cleanup_eligible'],
    equipmentIds: [...engine.bays.keys()],
  });
  const moment = { now: clock.now(), steady: steady.estimate };
  for (const job of resting) {
    if (job.leaseOwner !== null || job.setAside !== null) continue;
    const said = eventWhenDue(job, engine.policies.inForce(job.equipmentId), moment);
    if (said.type === 'claimed' && !waitsForPolicy(job, moment.now)) continue;
    const event: JobEvent =
      said.type === 'claimed' ? { type: 'cleanup.scheduled', at: moment.now, until: moment.now, waitingFor: [] } : said;
    if (isAsBefore(job, event)) continue;
    const advanced = await store.jobs.advance(job.jobId, event);
    if (advanced.changed) announce(engine, advanced.job, event.type, advanced.from);
  }
}

const OF_POLICY: ReadonlySet<string> = new Set(['age', 'trash', 'verify_passes', 'evidence', 'proof_fresh']);

/** For what the policy asks, and for nothing else: under a looser one it may hold already. */
function waitsForPolicy({ context }: Job, now: number): boolean {
  if (context === null || context.waitingFor.length === 0 || (context.dueAt ?? 0) <= now) return false;
  return context.waitingFor.every(({ name }) => OF_POLICY.has(name));
}

/** What is measured is told anew each time; only what is required, and until when, makes it another answer. */
function isAsBefore({ context, state }: Job, event: JobEvent): boolean {
  if (context === null || !('until' in event) || !('waitingFor' in event)) return false;
  if (event.type === 'cleanup.disabled' && state !== 'verified') return false;
  const near = Math.abs((event.until ?? 0) - (context.dueAt ?? 0)) < 1000;
  const before = context.waitingFor.map(({ name, required }) => `${name}: ${required}`);
  const after = event.waitingFor.map(({ name, required }) => `${name}: ${required}`);
  return near && before.join() === after.join();
}
