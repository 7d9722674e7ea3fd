import { placeName, type Job } from '../persistence/job.js';
import type { Engine } from './engine.js';

/** Tells the listeners of a transition that is committed. */
export function announce(engine: Pick<Engine, 'events' | 'clock'>, job: Job, event: string, from: string): void {
  engine.events.emit({
    type: 'transition',
    at: engine.clock.now(),
    jobId: job.jobId,
    runPath: job.runPath,
    equipmentId: job.equipmentId,
    event,
    from,
    to: placeName(job.state, job.phase),
    state: job.state,
    because: becauseOf(job),
  });
}

function becauseOf(job: Job): string | null {
  const { context, setAside } = job;
  if (context === null) return setAside;
  if (job.state === 'failed') return context.lastError?.message ?? null;
  if (context.attempts > 0 && context.lastError !== null && job.phase !== 'verifying') return context.lastError.message;
  return context.waitingFor.find((wait) => wait.until !== null)?.measured ?? null;
}
