import { openStore } from '#dist/persistence/store.js';
import { replay } from '#dist/machines/restore.js';
import type { JobEvent } from '#dist/machines/job-types.js';

/** For each job of a queue: its stored context, and the one that its replayed journal gives. */
export async function replayedJobs(database: string): Promise<{ stored: unknown; replayed: unknown }[]> {
  const store = await openStore(database);
  try {
    const jobs = await store.jobs.list();
    return await Promise.all(
      jobs.map(async (job) => {
        const [first, ...rest] = await store.jobs.journal(job.jobId);
        if (first === undefined) throw new Error(`job ${job.jobId} has no journal`);
        const events = rest.map(({ event, detail }) => ({ type: event, ...detail }) as JobEvent);
        const { value, context } = replay({ at: first.at }, events);
        return {
          stored: { state: job.phase === null ? job.state : { [job.state]: job.phase }, context: job.context },
          replayed: { state: value, context },
        };
      }),
    );
  } finally {
    await store.close();
  }
}
